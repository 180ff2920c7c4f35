import { describe, expect, test } from "vitest";
import { type Cost, judgeCost, parseCost } from "../../harness/kernel-tests/cost.ts";

/** Two rounds of a thousand pages; instructions of each page. */
const cost = (allocate: number, free: number): Cost => ({
  setting: "off",
  perNode: true,
  pages: 1000,
  rounds: [1, 2].map(() => ({ allocate: allocate * 1000, free: free * 1000 })),
});
const judged = (given: Partial<Parameters<typeof judgeCost>[1]>) => {
  const base = cost(3000, 1000);
  const off = given.off ?? base;
  return judgeCost("max", { base, again: base, empty: base, full: base, disabled: off, ...given, off });
};
const failed = (given: Parameters<typeof judged>[0]) =>
  judged(given)
    .filter(({ status }) => status === "failed")
    .map(({ name }) => name);

describe("what the series costs when it is never enabled", () => {
  test("may be three thousandths, on either path, and is told together with what it costs enabled", () => {
    const given = { off: cost(3008, 1002), empty: cost(3150, 1000), full: cost(1500, 1000) };
    expect(failed(given)).toEqual([]);
    expect(judged(given)[2]).toMatchObject({
      name: "-cpu max, allocate a base page: never enabled",
      found: "+0.27 % (enabled with an empty pool +5.00 %, with a full one -50.00 %)",
    });
  });

  test.each([
    ["allocate", cost(3010, 1000)],
    ["free", cost(3000, 1004)],
  ])("fails when it is more on the way to %s", (path, off) => {
    expect(failed({ off })).toEqual([expect.stringContaining(`${path} a base page: never enabled`)]);
  });

  test("may be half a percent with the older form of the series", () => {
    const older = (allocate: number) => ({ ...cost(allocate, 1000), perNode: false });
    expect(failed({ off: older(3014) })).toEqual([]);
    expect(failed({ off: older(3016) })).toEqual([expect.stringContaining("never enabled")]);
  });

  test("is the same when it was enabled and disabled again, within a thousandth", () => {
    expect(failed({ off: cost(3006, 1002), disabled: cost(3009, 1003) })).toEqual([]);
    expect(failed({ off: cost(3006, 1002), disabled: cost(3006, 990) })).toEqual([]);
    expect(failed({ off: cost(3006, 1002), disabled: cost(3010, 1002) })).toEqual([
      expect.stringContaining("allocate a base page: enabled and disabled again"),
    ]);
  });

  test("is the same, too, when the kernel did work of its own in one of the rounds", () => {
    const rounds = (free: number[]) => ({
      ...cost(3000, 1000),
      rounds: free.map((one) => ({ allocate: 3_000_000, free: one * 1000 })),
    });
    const off = rounds([1000, 1000, 1000, 1000]);
    expect(failed({ off, disabled: rounds([1001, 1015, 1000, 1000]) })).toEqual([]);
    expect(failed({ off, disabled: rounds([1017, 1002, 1002, 1002]) })).toEqual([
      expect.stringContaining("free a base page: enabled and disabled again"),
    ]);
  });

  test("may be anything once it was enabled, where what was cleared is not taken back: that is told", () => {
    const results = judged({ disabled: { ...cost(3100, 1100), perNode: false } });
    expect(results.filter(({ status }) => status === "skipped").map(({ name }) => name)).toEqual([
      "-cpu max, allocate a base page: enabled and disabled again",
      "-cpu max, free a base page: enabled and disabled again",
    ]);
  });

  test("is not known when two runs of the same kernel differ", () => {
    expect(failed({ again: cost(3001, 1000) })).toEqual([expect.stringContaining("two runs of base agree")]);
  });
});

describe("the program's answer", () => {
  const ANSWER =
    'allocost: {"setting":"off","perNode":true,"pages":1000,"rounds":[{"allocate":3000000,"free":1000000}]}';

  test("is one line among what the kernel prints", () => {
    expect(parseCost(`[    0.27] kvm: no hardware support\n${ANSWER}\n[    1.33] reboot: Power down\n`)).toMatchObject({
      pages: 1000,
      rounds: [{ allocate: 3_000_000, free: 1_000_000 }],
    });
  });

  test.each([
    ["nothing", ""],
    ["a program that gave up", "allocost: failed: mmap"],
    ["a count of nothing", ANSWER.replace("3000000", "0")],
  ])("%s is no measurement", (_, output) => {
    expect(() => parseCost(output)).toThrow(/did not come to its end/);
  });
});

import { describe, expect, test } from "vitest";
import { findBases } from "../../harness/bench/kernels.ts";
import { assertAnswerable, assertKernels, assertSameGuest } from "../../harness/bench/refusals.ts";
import { parseRequirement, type Requirement } from "../../harness/run/requirement.ts";
import { settings } from "./new-run.ts";
import { resolve } from "./resolve.ts";

/** Resolves the settings of `npm run bench` with these options and holds its kernels against them. */
async function check(options: Record<string, string>): Promise<void> {
  const resolved = { ...(await resolve("vm-create", options)), kernel: String(options.kernel ?? "6.12") };
  assertKernels(resolved, await findBases(resolved));
}

describe("64K pages", () => {
  test.each(["5.10", "6.1"])("are refused on %s, which has no switch for them", async (kernel) => {
    await expect(check({ kernel, thp: "off,mthp-64k" })).rejects.toMatchObject({
      code: "THP_UNKNOWN_TO_KERNEL",
      exitCode: 2,
      message: `--thp mthp-64k needs Linux 6.8 or newer, not ${kernel}`,
      remedy: "Allowed: --thp off, on or both; or another --kernel.",
    });
  });

  test("are refused for the sake of a single arm, too", async () => {
    const refused = check({ arms: "base,prezero,5.10:base,6.1:base", thp: "mthp-64k" });
    await expect(refused).rejects.toThrow("not 5.10 and 6.1");
  });

  test.each(["6.12", "7.3"])("are measured on %s", (kernel) => check({ kernel, thp: "mthp-64k" }));
});

describe("instructions", () => {
  test.each(["5.10", "6.1"])("of several CPUs cannot be counted on %s, and the way out is named", async (kernel) => {
    await expect(check({ kernel, clock: "instructions" })).rejects.toMatchObject({
      code: "CLOCK_NEEDS_ONE_CPU",
      exitCode: 2,
      remedy: expect.stringContaining("--cpus 1"),
    });
    await check({ kernel, clock: "instructions", cpus: "1" });
    await check({ kernel });
  });

  test("of several CPUs are counted on later kernels", () => check({ kernel: "6.12", clock: "instructions" }));
});

describe("a requirement", () => {
  const ask = (text: string, changes = {}) => {
    return () => assertAnswerable([parseRequirement(text) as Requirement], { ...settings, boots: 4, ...changes });
  };

  test("of what the run measures is answered", () => {
    expect(ask("thp-on >= 8")).not.toThrow();
    expect(() => assertAnswerable([], { ...settings, boots: 1 })).not.toThrow();
  });

  test("with too few boots for an interval is refused, and the least number named", () => {
    expect(ask("thp-on >= 8", { boots: 3 })).toThrow(
      expect.objectContaining({
        code: "REQUIREMENT_UNANSWERABLE",
        exitCode: 2,
        message: "--require needs a 95 % interval, and 3 boots of each arm cannot give one",
        remedy: "Add --boots 4 or more.",
      }),
    );
    expect(ask("thp-on >= 8", { boots: 1 })).toThrow("1 boot of each arm");
  });

  test.each(["thp-mthp-64k >= 2", "thp-on:prezero-disabled > 0.95"])(
    "of what it does not measure is refused: %s",
    (text) => {
      expect(ask(text)).toThrow(/this run measures the arms base, prezero with THP off, on$/);
    },
  );
});

const image = (digit: string) => ({ imageSha256: digit.repeat(64) });

test("a run goes on with the guests that it began with, or with none", () => {
  expect(() => assertSameGuest(image("a"), image("a"))).not.toThrow();
  expect(() => assertSameGuest(null, null)).not.toThrow();
});

test("another kernel in the guests is a run of its own", () => {
  expect(() => assertSameGuest(image("b"), image("a"))).toThrow(
    expect.objectContaining({
      code: "RUN_CHANGED",
      detail: "guest's kernel image aaaaaaaaaaaa, now bbbbbbbbbbbb",
    }),
  );
});

import { describe, expect, test } from "vitest";
import {
  judgeCached,
  judgeCompacted,
  judgeFilled,
  judgeFreed,
  ORDINARY,
  ordinaryHosts,
} from "../../harness/kernel-tests/ordinary.ts";

/** A moment in pages; what is not given was never counted. */
const seen = (given: Partial<Parameters<typeof judgeFreed>[0][number]>) => ({
  cached: 0,
  zeroed: 0,
  cleared: 0,
  wasted: 0,
  moved: 0,
  ...given,
});
const statuses = (results: { status: string }[]) => results.map(({ status }) => status);

describe("a pool that is full keeps what it has", () => {
  const before = seen({ cached: 1_400, zeroed: 100_000, cleared: 100_000 });
  const merged = (zeroed: number) => seen({ cached: 1_000, zeroed, cleared: 100_000, moved: 3_000 });
  const settled = (again: number) => seen({ cleared: 100_000 + again, moved: 3_000 });

  test("when pages are freed, but for what compaction moves, which nobody can keep", () => {
    const results = judgeFreed([before, merged(97_000), settled(3_400)]);
    expect(statuses(results)).toEqual(["passed", "passed"]);
    expect(results[0]?.found).toBe("97.0 % of 100000, 100.0 % with the 3000 that compaction moved");
    expect(results[1]?.found).toBe("3400 cleared again, 3000 of them moved, for 400 freed");
  });

  test.each([
    ["a merge forgets", merged(94_999), settled(3_400), ["failed", "passed"]],
    ["the worker clears what is zero", merged(97_000), settled(4_601), ["passed", "failed"]],
    ["compaction moved nothing", { ...merged(100_000), moved: 0 }, settled(400), ["failed", "passed"]],
    ["nothing was freed", { ...merged(97_000), cached: 1_400 }, settled(3_000), ["passed", "failed"]],
  ])("not when %s", (_, afterwards, end, expected) => {
    expect(statuses(judgeFreed([before, afterwards, end]))).toEqual(expected);
  });

  test("when memory is compacted: what is cleared again is what was moved", () => {
    const cleared = (again: number, moved: number) =>
      judgeCompacted([before, seen({ cleared: 100_000 + again, moved })]);
    expect(cleared(1_200, 1_000)).toMatchObject([{ status: "passed", found: "1.20 for each of 1000" }]);
    expect(statuses(cleared(1_201, 1_000))).toEqual(["failed"]);
    expect(statuses(cleared(0, 0))).toEqual(["failed"]);
  });

  test("when files come and go: less and less of it is wasted on them", () => {
    const rounds = (...wasted: number[]) => judgeCached(wasted.map((pages) => seen({ wasted: pages })));
    expect(rounds(0, 1000, 1300, 1450)).toMatchObject([
      { status: "passed", found: "1000, 300, 150 pages a round: 15.0 % in the last" },
    ]);
    expect(statuses(rounds(0, 1000, 1300, 1451))).toEqual(["failed"]);
    expect(statuses(rounds(0, 0, 0))).toEqual(["failed"]);
  });
});

test("each node's pool is filled by a worker of its own, which shares the work with the other", () => {
  const filled = (...cpuTicks: number[]) => judgeFilled([{ zeroed: 400_000, wallMs: 1_200, cpuTicks }]);
  expect(filled(120, 80)).toMatchObject([
    { status: "passed", found: "60.0 % of 2000 ms CPU time by one of two, 1200 ms for 400000 pages" },
  ]);
  expect(statuses(filled(79, 121))).toEqual(["failed"]);
});

describe("on the host", () => {
  const host = (stdout: string, exitCode = 0) => ({ exec: async () => ({ stdout, stderr: "", exitCode }) });
  const moments = `${JSON.stringify(seen({}))}\n`;

  test.each(ORDINARY)("$name: a moment that was not seen is no result", async ({ live }) => {
    expect(statuses(await live(host("sh: fragment: not found")))).toEqual(["failed"]);
  });

  test.each([
    ["freed", 3],
    ["compacted", 2],
    ["cached", 6],
  ])("%s: what ends badly is no result, all moments seen or not", async (name, count) => {
    const life = ORDINARY.find((one) => one.name === name);
    const watched = async (exitCode: number) =>
      (await life?.live(host(moments.repeat(count), exitCode)))?.map((result) => result.name);
    expect(await watched(1)).toEqual(["the pool was watched"]);
    expect(await watched(0)).not.toContain("the pool was watched");
  });

  test("each life has a host of its own; the first form of the series only one, which is not asked", async () => {
    const booted: string[] = [];
    const run = (exitCode: number) =>
      ordinaryHosts(async ({ name }) => {
        booted.push(name);
        return { ...host("", exitCode), complaints: async () => [], [Symbol.asyncDispose]: async () => {} };
      });
    expect(statuses(await run(1))).toEqual(["skipped", "passed"]);
    expect(booted).toEqual(["freed"]);
    expect(statuses(await run(0))).toEqual(Array(4).fill(["failed", "passed"]).flat());
    expect(booted.slice(1)).toEqual(ORDINARY.map(({ name }) => name));
  });
});

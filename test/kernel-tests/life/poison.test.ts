import { describe, expect, test } from "vitest";
import { breakMixed, breakPages, remembered } from "../../../harness/kernel-tests/life/poison.ts";
import { failedOf, fakeHost } from "./fake-host.ts";

type Answers = Parameters<typeof fakeHost>[0];

describe("pages that break", () => {
  /** The counter of /proc/meminfo is read twice: with all of them, and when the injected ones are whole again. */
  const failed = (fate: object, corruptedKb = ["480\n", "320\n"], more: Answers = []) => {
    const answer = { asked: 40, poisoned: 40, free: 0, handedOut: 0, ...fate };
    const host = fakeHost([...more, [/poison check/, JSON.stringify(answer)], [/nr_prezeroed/, "93\n"]]);
    const kb = [...corruptedKb];
    const exec = async (command: string) =>
      /HardwareCorrupted/.test(command) ? { stdout: kb.shift() ?? "", stderr: "", exitCode: 0 } : host.exec(command);
    return failedOf(breakPages({ ...host, exec }));
  };

  test("stay broken and are never handed out", async () => {
    expect(await failed({})).toEqual([]);
  });

  test.each([
    ["one is whole again", { poisoned: 39 }],
    ["one is on a free list", { free: 1 }],
    ["one is handed out", { handedOut: 1 }],
    ["nobody asked for all", { asked: 39, poisoned: 39 }],
  ])("fail when %s", async (_, fate) => {
    expect(await failed(fate)).toHaveLength(3);
  });

  test("fail when the kernel has lost count, or refuses", async () => {
    expect(await failed({}, ["476\n", "320\n"])).toEqual([
      expect.stringMatching(/^the kernel counts all broken memory: 476/),
    ]);
    expect(await failed({}, ["480\n", "480\n"])).toEqual(["the others are still broken: 480 kB"]);
    expect(await failed({}, undefined, [[/soft_offline/, { exitCode: 1 }]])).toEqual(["40 pages are soft offlined"]);
  });
});

describe("pages of blocks that are zero in part", () => {
  const BLOCKS = `Node 0, zone      DMA      1      0      2      0 remembered 30
Node 0, zone    DMA32     40     12      9     14 remembered 70000
`;
  const SUM = "nr_prezeroed 0\nprezero_cleared 1000\nprezero_hit 570\nprezero_wasted 20\nprezero_lost_poisoned 410\n";
  /** Each of the three ways loses so many pages that were zero. */
  const cases = async (change: Answers, lostEach = 9_000) => {
    const fate = JSON.stringify({ asked: 40, poisoned: 40, free: 0, handedOut: 0 });
    const host = fakeHost([
      ...change,
      [/stat_refresh/, SUM],
      [/nr_free_pages/, "93\n"],
      [/poison check/, fate],
      [/rm .*cat .*blocks/, BLOCKS],
    ]);
    let reads = 0;
    const exec = async (command: string) =>
      command === "cat /proc/vmstat"
        ? { stdout: `prezero_lost_poisoned ${Math.ceil(reads++ / 2) * lostEach}\n`, stderr: "", exitCode: 0 }
        : host.exec(command);
    return breakMixed({ ...host, exec });
  };
  const failed = (...given: Parameters<typeof cases>) => failedOf(cases(...given));

  test("stay broken, and what was zero beside them is counted", async () => {
    expect(await failed([])).toEqual([]);
    expect(remembered(BLOCKS)).toBe(70_030);
  });

  test.each([
    ["no block is mixed", [[/rm .*cat .*blocks/, BLOCKS.replace("70000", "9")]], /^blocks are zero in part: 39 pages/],
    ["the kernel refuses", [[/poison 40/, { exitCode: 1 }]], /^40 pages of such blocks are/],
    [
      "one is handed out",
      [[/poison check/, JSON.stringify({ asked: 40, poisoned: 40, free: 0, handedOut: 1 })]],
      /they stay broken: .* 1 are handed out/,
    ],
    ["memory cannot be cleared", [[/^for node in .*zero_now/s, { exitCode: 1 }]], /^the rest is zero, too/],
  ] as [string, Answers, RegExp][])("fail in all three ways when %s", async (_, change, name) => {
    expect(await failed(change)).toEqual(Array(3).fill(expect.stringMatching(name)));
  });

  test("fail when what is lost is not counted, or too much is", async () => {
    expect(await failed([], 0)).toEqual(Array(3).fill(expect.stringMatching(/counted as lost: 0 pages/)));
    const sum = SUM.replace("cleared 1000", "cleared 9000");
    expect(await failed([[/stat_refresh/, sum]])).toEqual([expect.stringMatching(/^all that was cleared/)]);
  });

  test("leave the worker at work and the pool full for who looks afterwards", async () => {
    expect((await cases([])).slice(-2).map(({ name }) => name)).toEqual([
      "all that was cleared is accounted for",
      "the worker filled the pool",
    ]);
    expect(await failed([[/nr_free_pages/, "12\n"]])).toEqual(["the worker filled the pool: 12 % of free memory"]);
  });

  test("are none on a kernel that forgets what merges", async () => {
    const without = await cases([[/^\[ -e .*blocks \]$/, { exitCode: 1 }]]);
    expect(without.map(({ status }) => status)).toEqual(["skipped"]);
    expect(remembered("")).toBeNaN();
  });
});

import { describe, expect, test } from "vitest";
import {
  compacted,
  cpusComeAndGo,
  limited,
  stormOfForks,
  swapped,
} from "../../../harness/kernel-tests/life/processes.ts";
import { failedOf, fakeHost, LOOKED } from "./fake-host.ts";

type Answers = Parameters<typeof fakeHost>[0];
const DIRTY = '{"pages":10,"dirty":1,"lost":0}\n';

describe("a storm of forks", () => {
  const failed = (stdout: string) => failedOf(stormOfForks(fakeHost([[/forkstorm/, stdout]])));

  test("passes when there were many, and each saw what it should", async () => {
    expect(await failed('{"pages":999,"dirty":0,"lost":0,"forks":84}\n')).toEqual([]);
  });

  test("is none when only a few came", async () => {
    expect(await failed('{"pages":999,"dirty":0,"lost":0,"forks":12}\n')).toEqual(["forks: 12"]);
  });

  test("fails when a child saw what another wrote", async () => {
    expect(await failed('{"pages":999,"dirty":0,"lost":1,"forks":84}\n')).toHaveLength(1);
  });
});

describe("CPUs that come and go", () => {
  const failed = (hits: string[], looked: string, last = 0) => {
    const host = fakeHost([
      [/taskset/, looked],
      [/grep -q 1/, { exitCode: last }],
    ]);
    const exec = async (command: string) =>
      command.startsWith("awk") ? { stdout: hits.shift() ?? "", stderr: "", exitCode: 0 } : host.exec(command);
    return failedOf(cpusComeAndGo({ ...host, exec }));
  };

  test("lose nothing", async () => {
    expect(await failed(["5\n", "9\n"], LOOKED)).toEqual([]);
  });

  test.each([
    ["the figures of a CPU go with it", ["9\n", "5\n"], LOOKED, 0, /^what was counted/],
    ["memory is not zero", ["5\n", "9\n"], DIRTY, 0, /^a CPU went/],
    ["it does not come back", ["5\n", "9\n"], LOOKED, 1, /^the CPU is there/],
  ])("fail when %s", async (_, hits, looked, last, name) => {
    expect(await failed(hits, looked, last)).toEqual([expect.stringMatching(name)]);
  });
});

describe("fragmented memory", () => {
  const failed = (load: string, migrated: number) =>
    failedOf(
      compacted(
        fakeHost([
          [/holes/, load],
          [/vmstat/, `pgmigrate_success ${migrated}\n`],
        ]),
      ),
    );
  const load = (hugeKb: number, lost = 0) =>
    `{"pages":10,"dirty":0,"lost":0}\n{"pages":99,"dirty":0,"lost":${lost},"hugeKb":${hugeKb}}\n`;

  test("is put together again", async () => {
    expect(await failed(load(262_144), 5_000)).toEqual([]);
  });

  test.each([
    ["nothing moves", load(262_144), 0, /^compaction moved pages: 0/],
    ["hardly any piece becomes a huge page", load(2_048), 5_000, /^the pieces became huge pages: 1 %/],
    ["a page between the holes changes", load(262_144, 1), 5_000, /^holes and/],
  ])("fails when %s", async (_, text, migrated, name) => {
    expect(await failed(text, migrated)).toEqual([expect.stringMatching(name)]);
  });
});

describe("swap", () => {
  const failed = (vmstat: string, more: Answers = []) =>
    failedOf(swapped(fakeHost([...more, [/zerocheck/, LOOKED], [/vmstat/, vmstat]])));

  test("takes pages and gives them back", async () => {
    expect(await failed("pswpout 70\npswpin 60\noom_kill 0\n")).toEqual([]);
  });

  test.each([
    ["nothing went out", "pswpout 0\npswpin 0\noom_kill 0\n", [], /nobody was killed: 0 out, 0 back/],
    ["somebody was killed", "pswpout 70\npswpin 60\noom_kill 1\n", [], /nobody was killed: .* 1 killed/],
    ["there is none", "pswpout 70\npswpin 60\noom_kill 0\n", [[/mkswap/, { exitCode: 1 }]], /^zram is swap/],
    ["it stays", "pswpout 70\npswpin 60\noom_kill 0\n", [[/swapoff/, { exitCode: 1 }]], /^swap can be taken/],
  ] as [string, string, Answers, RegExp][])("fails when %s", async (_, vmstat, more, name) => {
    expect(await failed(vmstat, more)).toEqual([expect.stringMatching(name)]);
  });
});

describe("a group with a limit", () => {
  const WELL = { peak: "115343360\n", left: "0\n", events: "low 0\nhigh 812\nmax 0\noom 0\noom_kill 0\n" };
  const failed = (change: Partial<typeof WELL>) => {
    const { peak, left, events } = { ...WELL, ...change };
    return failedOf(
      limited(
        fakeHost([
          [/zerocheck/, LOOKED],
          [/memory\.peak/, peak],
          [/memory\.stat/, left],
          [/memory\.events/, events],
        ]),
      ),
    );
  };

  test("keeps it and gives back what it had", async () => {
    expect(await failed({})).toEqual([]);
  });

  test.each([
    ["goes over it", { peak: "167772160\n" }, /^the group was kept/],
    ["never comes near it", { peak: "4096\n" }, /^the group was kept/],
    ["never meets it", { events: "high 0\noom_kill 0\n" }, /^its limit was reached.*: 0 times/],
    ["has somebody killed", { events: "high 812\noom_kill 1\n" }, /^its limit was reached.* 1 killed/],
    ["stays charged", { left: "50331648\n" }, /^all was given back/],
  ])("fails when it %s", async (_, change, name) => {
    expect(await failed(change)).toEqual([expect.stringMatching(name)]);
  });
});

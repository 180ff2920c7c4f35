import { describe, expect, test } from "vitest";
import { judgeInterrupts, judgeWritten, zeroNow } from "../../harness/kernel-tests/zero-now.ts";
import { failedOf, fakeHost } from "./life/fake-host.ts";

const GIB_PAGES = 262_144;
const WRITTEN = (...writers: [seconds: number, cpuSeconds: number][]) => {
  const each = writers.map(([seconds, cpuSeconds]) => ({ seconds, cpuSeconds }));
  return JSON.stringify({ seconds: Math.max(...writers.map(([seconds]) => seconds)), writers: each });
};
const INTERRUPTED = (...milliseconds: number[]) => JSON.stringify({ milliseconds });

/** A host of 6.12 on which each run of zeronow clears so many pages, the worker running so long meanwhile. */
function host(written: (writers: number) => string, interrupted: string, pages = GIB_PAGES, workerMs = 0) {
  let runs = 0;
  const counters = () =>
    [
      "uptime 100.00 90.00",
      "cpu0 100 0 50 9000 0 0 0 0 0 0",
      ...["nr_free_pages 450000", "nr_prezeroed 0", `prezero_cleared ${runs * pages}`],
      ...["prezero_hit 9", "prezero_miss 9", "prezero_wasted 0", "prezero_lost_isolated 0"],
      `worker ${1 + runs * workerMs * 1e6} 61 (page_prezero/0) S 2 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 39 19 1 0 41 0 0`,
      "",
    ].join("\n");
  const plain = fakeHost([[/^populate/, '{"seconds":1,"values":{},"hugeShare":0}\n']]);
  const exec = async (command: string) => {
    const answer = await plain.exec(command);
    if (command.startsWith("zeronow")) runs++;
    if (command.startsWith('echo "uptime')) return { ...answer, stdout: counters() };
    if (command.startsWith("zeronow write")) return { ...answer, stdout: written(command.split("/writer").length - 1) };
    if (command.startsWith("zeronow interrupt")) return { ...answer, stdout: interrupted };
    return answer;
  };
  return { exec, commands: plain.commands };
}
const good = (writers: number) => (writers === 1 ? WRITTEN([2, 1.98]) : WRITTEN([1.1, 1.08], [1, 0.99]));

describe("clearing on demand", () => {
  test("is timed with one writer and with two, on memory that is dirty, and then interrupted", async () => {
    const guest = host(good, INTERRUPTED(1, 2, 3));
    const results = await zeroNow(guest);
    expect(results.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(results.map(({ found }) => found).filter((found) => found !== undefined)).toEqual([
      "1024 MiB in 2.000 s",
      "1.980 of 2.000 s to the writers' cgroups, 0.000 s to workers",
      "1024 MiB in 1.100 s",
      "2.070 of 2.100 s to the writers' cgroups, 0.000 s to workers",
      "1024 MiB in all",
      "after 2.00 ms, median; 3.00 ms at most",
    ]);
    const done = guest.commands.filter((command) => /^(?:echo 0|populate|zeronow)/.test(command));
    const zero = "/sys/kernel/mm/page_prezero/node0/zero_now 1024";
    expect(done).toEqual([
      expect.stringMatching(/target && echo 1 > \S+enabled &&\n.*cgroup\.procs \] \|\| mount -t cgroup2/),
      "populate map 1024 off",
      `zeronow write ${zero} /sys/fs/cgroup/writer0`,
      "populate map 1024 off",
      `zeronow write ${zero} /sys/fs/cgroup/writer0 /sys/fs/cgroup/writer1`,
      `zeronow interrupt ${zero} 10`,
    ]);
  });

  test("is not tested with a series that cannot do it, which is told", async () => {
    const results = await zeroNow(fakeHost([[/^test -d/, { exitCode: 1 }]]));
    expect(results).toEqual([expect.objectContaining({ name: "zero_now", status: "skipped" })]);
  });

  test("fails when memory could not be made dirty", async () => {
    const guest = host(good, INTERRUPTED(1));
    const exec = async (command: string) => ({
      ...(await guest.exec(command)),
      ...(command.startsWith("populate") ? { exitCode: 1 } : {}),
    });
    expect(await failedOf(zeroNow({ exec }))).toHaveLength(2);
  });
});

describe("what writers did", () => {
  const failed = (
    stdout: string,
    change: { clearedBytes?: number; workerSeconds?: number; exitCode?: number } = {},
  ) => {
    const { clearedBytes = 2 ** 30, workerSeconds = 0, exitCode = 0 } = change;
    return failedOf(
      Promise.resolve(judgeWritten("one", { answer: { stdout, stderr: "", exitCode }, clearedBytes, workerSeconds })),
    );
  };
  const CHARGED = "one: the CPU time is charged to who writes";
  const CLEARED = "one: as much as was asked for is cleared before the writes return";

  test("is well when 95 % of it is charged to them", async () => {
    expect(await failed(WRITTEN([1, 0.95]))).toEqual([]);
    expect(await failed(WRITTEN([1, 0.95]), { workerSeconds: 0.05 })).toEqual([]);
  });

  test.each([
    ["somebody else did it", WRITTEN([1, 0.94]), {}, CHARGED],
    ["one of them waited for the other", WRITTEN([1, 0.99], [1, 0.5]), {}, CHARGED],
    ["the worker did some of it", WRITTEN([1, 1]), { workerSeconds: 0.06 }, CHARGED],
    ["less was cleared", WRITTEN([1, 1]), { clearedBytes: 2 ** 30 - 4096 }, CLEARED],
  ])("fails when %s", async (_, stdout, change, name) => {
    expect(await failed(stdout, change)).toEqual([expect.stringContaining(name)]);
  });

  test("fails in all when the program did not come to its end", async () => {
    const names = [expect.stringContaining(CLEARED), expect.stringContaining(CHARGED)];
    expect(await failed("", { exitCode: 1, clearedBytes: 0 })).toEqual(names);
    expect(await failed('{"seconds":1,"writers":[]}', { clearedBytes: 2 ** 30 })).toEqual(names);
  });
});

describe("an interrupted write", () => {
  const failed = (stdout: string, clearedBytes = 2 ** 20) =>
    failedOf(
      Promise.resolve(judgeInterrupts({ answer: { stdout, stderr: "", exitCode: 0 }, clearedBytes, workerSeconds: 0 })),
    );

  test("ends within 10 ms; a single one may be kept waiting by the machine that emulates", async () => {
    expect(await failed(INTERRUPTED(10, 10, 40))).toEqual([]);
  });

  test.each([
    ["it takes longer", INTERRUPTED(10.1, 10.1, 1), 2 ** 20, "SIGINT ends a writer: after 10.10 ms"],
    ["the program failed", "", 2 ** 20, "SIGINT ends a writer"],
    ["no writer had begun", INTERRUPTED(1), 0, "interrupted writers had begun to clear: 0 MiB"],
  ])("fails when %s", async (_, stdout, clearedBytes, name) => {
    expect(await failed(stdout, clearedBytes)).toEqual([expect.stringContaining(name)]);
  });
});

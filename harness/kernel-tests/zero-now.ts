import { z } from "zod";
import type { ExecAnswer } from "../base/exec.ts";
import { GIB_BYTES, MIB_BYTES } from "../base/size.ts";
import { cpuSince, pagesSince, readCounters } from "../bench/counters.ts";
import { CONTROLS } from "../host/controls.ts";
import type { TestHost } from "../hosts.ts";
import { measured, skipped, type TestResult } from "../ktap/result.ts";
import { median } from "../stats/median.ts";
import { ended, objectsIn } from "./boot/answers.ts";

type ZeroNowHost = Pick<TestHost, "exec">;

/** Room for what is cleared, for what stays as it is, and for the root, which is in memory. */
export const ZERO_NOW_BYTES = 2 * GIB_BYTES;
const MIB = 1024;
const INTERRUPTS = 10;

/** Of what a write takes, what its writer's cgroup is charged for at least, and what workers may take at most. */
const LEAST_CHARGED_SHARE = 0.95;
const MOST_WORKER_SHARE = 0.05;
/** Ctrl-C ends it. Judged by the median: a machine that emulates may keep any single one waiting. */
const MOST_MILLISECONDS = 10;

const PAGE_BYTES = 4096;
const RUN_MS = 240_000;
const NODE = `${CONTROLS}/node0`;
const FILE = `${NODE}/zero_now`;
const GROUPS = ["/sys/fs/cgroup/writer0", "/sys/fs/cgroup/writer1"];
const WRITERS = [
  { what: "one writer", groups: GROUPS.slice(0, 1) },
  { what: "two writers", groups: GROUPS },
];
/** The worker is there and clears nothing. A cgroup tells its CPU time without any controller. */
const PREPARE = `echo 0 > ${NODE}/target && echo 1 > ${CONTROLS}/enabled &&
{ [ -e /sys/fs/cgroup/cgroup.procs ] || mount -t cgroup2 none /sys/fs/cgroup; } && mkdir ${GROUPS.join(" ")}`;
/** What is zero is handed out first, so that nothing of this much is zero afterwards. */
const DIRTY = `populate map ${MIB} off`;

const seconds = z.number().nonnegative();
const writtenSchema = z.object({
  seconds,
  writers: z.array(z.object({ seconds, cpuSeconds: seconds })).min(1),
});
const interruptedSchema = z.object({ milliseconds: z.array(z.number().nonnegative()).min(1) });

/** What the program zeronow answered, and what the host counted while it ran. */
export type Zeroed = { answer: ExecAnswer; clearedBytes: number; workerSeconds: number };

/**
 * Has memory cleared through zero_now by one writer and by several, each in a cgroup of its own, and interrupts writers. A
 * series that has nothing for a single node has no such file, too.
 * @throws InfrastructureError COUNTERS_UNREADABLE; what the host's exec throws
 */
export async function zeroNow(host: ZeroNowHost): Promise<TestResult[]> {
  if ((await host.exec(`test -d ${NODE}`)).exitCode !== 0) {
    return [skipped("zero_now", "this series has no controls for a node")];
  }
  const results = [ended("the worker has nothing to do, and writers have cgroups", await host.exec(PREPARE))];
  for (const { what, groups } of WRITERS) {
    results.push(ended(`${what}: memory is dirty before`, await host.exec(DIRTY, RUN_MS)));
    results.push(...judgeWritten(what, await counted(host, `zeronow write ${FILE} ${MIB} ${groups.join(" ")}`)));
  }
  results.push(...judgeInterrupts(await counted(host, `zeronow interrupt ${FILE} ${MIB} ${INTERRUPTS}`)));
  return results;
}

async function counted(host: ZeroNowHost, command: string): Promise<Zeroed> {
  const before = await readCounters(host);
  const answer = await host.exec(command, RUN_MS);
  const after = await readCounters(host);
  return {
    answer,
    clearedBytes: (pagesSince(before, after)?.cleared ?? 0) * PAGE_BYTES,
    workerSeconds: cpuSince(before, after).workerSeconds ?? 0,
  };
}

/** All that was asked for is cleared when the writes return, and nobody but the writers was charged for it. */
export function judgeWritten(what: string, { answer, clearedBytes, workerSeconds }: Zeroed): TestResult[] {
  const { seconds, writers } = objectsIn(answer.stdout, writtenSchema)[0] ?? { seconds: Number.NaN, writers: [] };
  const took = sumOf(writers.map((writer) => writer.seconds));
  const charged = sumOf(writers.map((writer) => writer.cpuSeconds));
  const log = `exit code ${answer.exitCode}\n${answer.stdout}${answer.stderr}`.trim();
  return [
    measured(
      `${what}: as much as was asked for is cleared before the writes return`,
      `${Math.round(clearedBytes / MIB_BYTES)} MiB in ${seconds.toFixed(3)} s`,
      clearedBytes >= MIB * MIB_BYTES && seconds > 0,
      log,
    ),
    measured(
      `${what}: the CPU time is charged to who writes`,
      `${charged.toFixed(3)} of ${took.toFixed(3)} s to the writers' cgroups, ${workerSeconds.toFixed(3)} s to workers`,
      took > 0 && charged >= LEAST_CHARGED_SHARE * took && workerSeconds <= MOST_WORKER_SHARE * took,
      log,
    ),
  ];
}

/** A signal ends a write that is under way, and soon. */
export function judgeInterrupts({ answer, clearedBytes }: Zeroed): TestResult[] {
  const times = objectsIn(answer.stdout, interruptedSchema)[0]?.milliseconds ?? [Number.NaN];
  const middle = median(times);
  const log = `exit code ${answer.exitCode}\n${answer.stdout}${answer.stderr}`.trim();
  return [
    measured(
      "interrupted writers had begun to clear",
      `${Math.round(clearedBytes / MIB_BYTES)} MiB in all`,
      clearedBytes > 0,
      log,
    ),
    measured(
      "SIGINT ends a writer",
      `after ${middle.toFixed(2)} ms, median; ${Math.max(...times).toFixed(2)} ms at most`,
      middle <= MOST_MILLISECONDS,
      log,
    ),
  ];
}

function sumOf(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

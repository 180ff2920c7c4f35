import { InfrastructureError } from "../base/errors.ts";
import type { BootedHost } from "../host/host.ts";
import type { CpuUse, PoolPages } from "../run/sample.ts";

/** /proc/stat and /proc/PID/stat count in USER_HZ, which Linux fixes at 100 for user space on x86. */
const TICKS_PER_SECOND = 100;

/** What the host under test has counted since it booted; pages are 4 KiB. */
export type Counters = {
  freePages: number;
  /**
   * CPU seconds of all CPUs spent on anything. Counted as the time that no CPU was idle or taken away by a hypervisor:
   * idling is timed by a clock (NO_HZ_IDLE), while user and system time are sampled by a tick that TCG loses.
   */
  hostCpuSeconds: number;
  /** Counters of the series; null on a kernel without it. */
  prezero: null | PrezeroCounters;
};

export type PrezeroCounters = {
  /** Free and known to be zero now. */
  zeroedPages: number;
  /** `cleared` includes memory that was dirtied again or merged with dirty memory. */
  pages: PoolPages;
  workerCpuSeconds: number;
};

/** CPU time between two readings; from the boot when there is no earlier one. */
export function cpuSince(earlier: Counters | null, now: Counters): CpuUse {
  return {
    workerSeconds: now.prezero && now.prezero.workerCpuSeconds - (earlier?.prezero?.workerCpuSeconds ?? 0),
    hostSeconds: now.hostCpuSeconds - (earlier?.hostCpuSeconds ?? 0),
  };
}

/** What became of free memory between two readings; from the boot when there is no earlier one. Null without the series. */
export function pagesSince(earlier: Counters | null, now: Counters): PoolPages | null {
  if (now.prezero === null) return null;
  const { pages } = now.prezero;
  const before = earlier?.prezero?.pages ?? { cleared: 0, hit: 0, miss: 0, wasted: 0, lost: {} };
  const lost = pages.lost && Object.entries(pages.lost);
  return {
    cleared: pages.cleared - before.cleared,
    hit: pages.hit - before.hit,
    miss: pages.miss - before.miss,
    wasted: pages.wasted - before.wasted,
    lost: lost && Object.fromEntries(lost.map(([cause, count]) => [cause, count - (before.lost?.[cause] ?? 0)])),
  };
}

/**
 * Prints a line for each thread page_prezero/N: its CPU time in nanoseconds, 0 where the kernel does not tell it, and its
 * /proc/PID/stat. A thread that ends meanwhile has none.
 */
const WORKERS = `for comm in $(grep -ls ^page_prezero/ /proc/[0-9]*/comm); do
  ran=0; read -r ran rest 2>/dev/null < \${comm%comm}schedstat
  read -r stat 2>/dev/null < \${comm%comm}stat && echo "worker $ran $stat"
done`;
const READ_COUNTERS = `echo "uptime $(cat /proc/uptime)" && grep ^cpu /proc/stat && cat /proc/vmstat && { ${WORKERS}
true; }`;

/** Reads the counters of a host. @throws InfrastructureError COUNTERS_UNREADABLE */
export async function readCounters(host: Pick<BootedHost, "exec">): Promise<Counters> {
  const answer = await host.exec(READ_COUNTERS);
  if (answer.exitCode !== 0) throw unreadable(answer.stderr || answer.stdout);
  return parseCounters(answer.stdout);
}

/**
 * Parses /proc/uptime after the word uptime, the cpu lines of /proc/stat, all of /proc/vmstat and the workers' lines.
 * @throws InfrastructureError COUNTERS_UNREADABLE
 */
export function parseCounters(text: string): Counters {
  const lines = text.split("\n").map((line) => line.trim().split(/\s+/));
  const vmstat = new Map(lines.filter((words) => words.length === 2).map(([name, value]) => [name, Number(value)]));
  const count = (name: string): number => {
    const value = vmstat.get(name);
    if (value === undefined || !Number.isSafeInteger(value)) throw unreadable(`${name} is missing from /proc/vmstat`);
    return value;
  };
  const lost = [...vmstat.keys()].flatMap((name = "") => {
    const cause = /^prezero_lost_(.+)/.exec(name)?.[1];
    return cause === undefined ? [] : [[cause, count(name)] as const];
  });
  return {
    freePages: count("nr_free_pages"),
    hostCpuSeconds: busySeconds(lines),
    prezero: vmstat.has("nr_prezeroed")
      ? {
          zeroedPages: count("nr_prezeroed"),
          pages: {
            cleared: count("prezero_cleared"),
            hit: count("prezero_hit"),
            miss: count("prezero_miss"),
            wasted: count("prezero_wasted"),
            lost: lost.length === 0 ? null : Object.fromEntries(lost),
          },
          // A series whose worker is no thread of its own counts its time itself.
          workerCpuSeconds: vmstat.has("prezero_cpu_usecs")
            ? count("prezero_cpu_usecs") / 1e6
            : workerSeconds(text, count("prezero_cleared")),
        }
      : null,
  };
}

/** Of /proc/PID/stat what follows the name: the state, ten fields that do not matter, utime and stime in ticks. */
const WORKER = /^worker (\d+) \d+ \(page_prezero\/\d+\) \S(?: -?\d+){10} (\d+) (\d+) /;

/** @param clearedPages without a thread that has cleared them nothing is known of the time */
function workerSeconds(text: string, clearedPages: number): number {
  const lines = text.split("\n").filter((line) => line.startsWith("worker "));
  if (lines.length === 0 && clearedPages > 0) throw unreadable("no thread page_prezero/N, whose CPU time is asked for");
  const seconds = lines.map((line) => {
    const [, ranNs, user, system] = (WORKER.exec(line) ?? []).map(Number);
    return ranNs ? ranNs / 1e9 : (Number(user) + Number(system)) / TICKS_PER_SECOND;
  });
  const sum = seconds.reduce((all, one) => all + one, 0);
  if (Number.isNaN(sum)) throw unreadable(`not the CPU time of a thread:\n${lines.join("\n")}`);
  return sum;
}

function busySeconds(lines: string[][]): number {
  const uptimeSeconds = Number(lines.find(([name]) => name === "uptime")?.[1]);
  const cpus = lines.filter(([name]) => /^cpu\d+$/.test(name ?? ""));
  const idleTicks = cpus.map(([, , , , idle, iowait, , , steal]) => Number(idle) + Number(iowait) + Number(steal));
  const busy = cpus.length * uptimeSeconds - idleTicks.reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
  if (cpus.length === 0 || !Number.isFinite(busy)) throw unreadable("uptime or CPU times are missing");
  return Math.max(0, busy);
}

function unreadable(detail: string): InfrastructureError {
  return new InfrastructureError({
    code: "COUNTERS_UNREADABLE",
    message: "The counters of the host under test could not be read",
    detail,
    remedy:
      "Check that the kernel under test is the one this harness built; its console log is in the run's directory.",
  });
}

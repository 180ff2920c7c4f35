import { InfrastructureError } from "../base/errors.ts";
import type { BootedHost } from "../host/host.ts";
import type { CpuUse } from "../run/sample.ts";

/** /proc/stat counts in USER_HZ, which Linux fixes at 100 for user space on x86. */
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
  /** What the worker has cleared, memory that was dirtied again or merged with dirty memory included. */
  clearedPages: number;
  hitPages: number;
  missPages: number;
  workerCpuSeconds: number;
};

/** CPU time between two readings; from the boot when there is no earlier one. */
export function cpuSince(earlier: Counters | null, now: Counters): CpuUse {
  return {
    workerSeconds: now.prezero && now.prezero.workerCpuSeconds - (earlier?.prezero?.workerCpuSeconds ?? 0),
    hostSeconds: now.hostCpuSeconds - (earlier?.hostCpuSeconds ?? 0),
  };
}

/** Reads the counters of a host. @throws InfrastructureError COUNTERS_UNREADABLE */
export async function readCounters(host: Pick<BootedHost, "exec">): Promise<Counters> {
  const answer = await host.exec('echo "uptime $(cat /proc/uptime)" && grep ^cpu /proc/stat && cat /proc/vmstat');
  if (answer.exitCode !== 0) throw unreadable(answer.stderr || answer.stdout);
  return parseCounters(answer.stdout);
}

/**
 * Parses /proc/uptime after the word uptime, the cpu lines of /proc/stat and all of /proc/vmstat.
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
  return {
    freePages: count("nr_free_pages"),
    hostCpuSeconds: busySeconds(lines),
    prezero: vmstat.has("nr_prezeroed")
      ? {
          zeroedPages: count("nr_prezeroed"),
          clearedPages: count("prezero_cleared"),
          hitPages: count("prezero_hit"),
          missPages: count("prezero_miss"),
          workerCpuSeconds: count("prezero_cpu_usecs") / 1e6,
        }
      : null,
  };
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

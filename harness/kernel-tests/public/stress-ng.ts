import type { Exec } from "../../base/exec.ts";
import type { Shell } from "../../base/shell.ts";
import { GIB_BYTES } from "../../base/size.ts";
import { measured, type TestResult } from "../../ktap/result.ts";
import { bootTestHost, quiet, richKernel, type TestPlan } from "../boot/test-host.ts";
import { startWorker, workerTookPart } from "../boot/worker.ts";

/** Migration and KSM across nodes have tests of their own, and those of migration skip below four CPUs. */
export const FOUR_CPUS_TWO_NODES = { memoryBytes: 2 * GIB_BYTES, cpus: 4, extraCmdline: "numa=fake=2" };

/** Takes rights away. Called by its path: the shell of the host has a setpriv of its own that knows less. */
const SETPRIV = "/usr/bin/setpriv";
/** What the host needs: stress-ng, and what takes rights away from it. */
const STRESS_NG = ["/usr/bin/stress-ng", SETPRIV];

/**
 * Stressors of stress-ng, options included; the first word names the one whose work is counted. With a capability that
 * is to be left out the stressor breaks memory on purpose, and dies of it.
 */
type Stressors = { options: string; seconds: number; withoutCapability?: string };

const SECONDS = 15;
const LONG_SECONDS = 60;
/** Starting and ending on an emulated CPU; a stressor looks at the clock between two rounds only. */
const MARGIN_MS = 240_000;
/** Address space of each process, KiB: those that take what they can get find an end before the OOM killer finds them. */
const MOST_KIB = 512 * 1024;

/** Those that look at what they read back, with sizes that leave the worker memory to clear. */
export const STRESSORS: readonly Stressors[] = [
  { options: "--vm 2 --vm-bytes 256M --vm-method all", seconds: LONG_SECONDS },
  { options: "--vm 2 --vm-bytes 256M --vm-method all --vm-populate --vm-madvise hugepage", seconds: LONG_SECONDS },
  { options: "--vm 2 --vm-bytes 64M --vm-method zero-one --vm-madvise nohugepage", seconds: SECONDS },
  { options: "--bigheap 2 --bigheap-growth 1M", seconds: SECONDS },
  { options: "--brk 2", seconds: SECONDS },
  { options: "--mmap 2 --mmap-bytes 64M --mmap-mprotect", seconds: SECONDS },
  { options: "--mremap 2 --mremap-bytes 32M", seconds: SECONDS },
  { options: "--madvise 2", seconds: SECONDS, withoutCapability: "sys_admin" },
  { options: "--malloc 2 --malloc-bytes 4M --malloc-touch", seconds: SECONDS },
  { options: "--memfd 2 --memfd-bytes 64M", seconds: SECONDS },
  { options: "--shm 2 --shm-bytes 16M", seconds: SECONDS },
  { options: "--shm-sysv 2 --shm-sysv-bytes 16M", seconds: SECONDS },
  { options: "--pagemove 2 --pagemove-bytes 16M", seconds: SECONDS },
  { options: "--userfaultfd 2 --userfaultfd-bytes 16M", seconds: SECONDS },
  { options: "--fork 4", seconds: SECONDS },
];

/** Boots the rich kernel of the series and runs {@link STRESSORS} beside the worker. @throws what the boot throws */
export async function stressNgBesideWorker($: Shell, plan: TestPlan): Promise<TestResult[]> {
  const kernel = await richKernel($, plan.base, "prezero");
  const needs = { ...FOUR_CPUS_TWO_NODES, installed: STRESS_NG };
  await using host = await bootTestHost($, plan, kernel, "public-stress-ng", needs);
  const started = await startWorker(host.exec);
  const stressors = await stressNg(host.exec);
  return [started, ...stressors, ...(await workerTookPart(host.exec)), await quiet(host)];
}

/**
 * Runs the stressors one after the other on a host that has stress-ng, each with its own verification on.
 * @throws what the host's exec throws when the kernel dies
 */
export async function stressNg(exec: Exec, all: readonly Stressors[] = STRESSORS): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const { options, seconds, withoutCapability } of all) {
    const less = withoutCapability === undefined ? "" : `${SETPRIV} --bounding-set -${withoutCapability} `;
    const command = `ulimit -v ${MOST_KIB}; ${less}stress-ng ${options} --verify --metrics-brief --timeout ${seconds}s`;
    const { stdout, stderr, exitCode } = await exec(`cd /tmp && ${command} 2>&1`, seconds * 1_000 + MARGIN_MS);
    results.push(judgeStressNg(options, `${stdout}${stderr}`, exitCode));
  }
  return results;
}

/** Passes when stress-ng is content, reports no failed verification, and has done something. */
export function judgeStressNg(options: string, output: string, exitCode: number): TestResult {
  const name = /^--([\w-]+)/.exec(options)?.[1] ?? "";
  const rounds = Number(new RegExp(`metrc: \\[\\d+\\] ${name} +(\\d+) `, "m").exec(output)?.[1] ?? 0);
  const good = exitCode === 0 && rounds > 0 && !/stress-ng: fail:/.test(output);
  return measured(options, `${rounds} rounds`, good, [`exit code ${exitCode}`, output.trim()].join("\n"));
}

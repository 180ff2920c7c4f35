import type { Exec, ExecAnswer } from "../../base/exec.ts";
import { CONTROLS } from "../../host/controls.ts";
import { measured, skipped, type TestResult } from "../../ktap/result.ts";
import { counter } from "./answers.ts";
import { WORKER_FIRST } from "./worker.ts";

/** Nothing is known to be zero while the feature is off, on no list: what was cleared has come to its end. */
const SWITCHED_OFF = `echo 0 > ${CONTROLS}/enabled && echo 1 > /proc/sys/vm/stat_refresh && cat /proc/vmstat &&
echo 1 > ${CONTROLS}/enabled && { ${WORKER_FIRST}; }`;
const LOST = /^prezero_lost_\w+ (\d+)\r?$/gm;

/**
 * Switches the feature off, looks whether all that was ever cleared has been counted once, and switches it on again.
 * @throws what the host's exec throws
 */
export async function nothingIsMissing(exec: Exec): Promise<TestResult> {
  return judgeSum(await exec(SWITCHED_OFF));
}

/**
 * All that was cleared was a hit, was wasted, or is lost for a reason; to the page.
 * @param answer its output is the text of /proc/vmstat; that the feature could not be switched, or that nothing was read, is a failure
 */
export function judgeSum({ stdout: vmstat, stderr, exitCode }: ExecAnswer): TestResult {
  const name = "all that was cleared is accounted for";
  if (exitCode === 0 && isOlderForm(vmstat)) return skipped(name, "this kernel does not count what it loses");
  const lost = [...vmstat.matchAll(LOST)].map(([, pages]) => Number(pages));
  const [cleared, left, hit, wasted] = ["prezero_cleared", "nr_prezeroed", "prezero_hit", "prezero_wasted"].map((one) =>
    counter(vmstat, one),
  ) as [number, number, number, number];
  const lostInAll = lost.reduce((sum, pages) => sum + pages, 0);
  return measured(
    name,
    `${cleared} pages: ${hit} hits, ${wasted} wasted, ${lostInAll} lost, ${left} left`,
    exitCode === 0 && cleared > 0 && left === 0 && cleared === hit + wasted + lostInAll,
    `exit code ${exitCode}\n${vmstat}${stderr}`.trim(),
  );
}

/** The older form of the series counts the worker's CPU time, and no loss; it keeps what it has cleared when it is off. */
export function isOlderForm(vmstat: string): boolean {
  return !Number.isNaN(counter(vmstat, "prezero_cpu_usecs"));
}

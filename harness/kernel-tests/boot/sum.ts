import type { Exec } from "../../base/exec.ts";
import { measured, skipped, type TestResult } from "../../ktap/result.ts";
import { counter } from "./answers.ts";
import { GO_ON, PAUSE } from "./worker.ts";

/** The statistics that CPUs keep for themselves are in it, and no worker changes them while they are read. */
const AT_REST = `${PAUSE} && echo 1 > /proc/sys/vm/stat_refresh && cat /proc/zoneinfo /proc/vmstat; ${GO_ON}`;
/** What the commands take and free between one figure and the next, pages. */
const MOST_BETWEEN = 512;
const LOST = /^prezero_lost_\w+ (\d+)\r?$/gm;
/** Pages on the list of a CPU, in /proc/zoneinfo. */
const ON_LIST = /^ +count: +(\d+)\r?$/gm;

/**
 * Whether what was cleared is where it has to be. To be asked while nothing else runs.
 * @throws what the host's exec throws
 */
export async function nothingIsMissing(exec: Exec): Promise<TestResult> {
  return judgeSum((await exec(AT_REST)).stdout);
}

/**
 * All that was cleared is still free, was a hit, was wasted, is lost for a reason, or is on a per-CPU list.
 * @param text of /proc/zoneinfo and /proc/vmstat; without the reasons, as in the older form of the series, nothing adds up
 */
export function judgeSum(text: string): TestResult {
  const name = "all that was cleared is accounted for";
  const lost = [...text.matchAll(LOST)];
  if (lost.length === 0) return skipped(name, "this kernel does not count what it loses");
  const cleared = counter(text, "prezero_cleared");
  const found = ["nr_prezeroed", "prezero_hit", "prezero_wasted"].map((one) => counter(text, one));
  const missing = cleared - total(found) - total(lost.map(([, pages]) => Number(pages)));
  const onLists = total([...text.matchAll(ON_LIST)].map(([, pages]) => Number(pages)));
  return measured(
    name,
    `${cleared} pages, ${missing} of them neither free nor counted, ${onLists} pages on per-CPU lists`,
    cleared > 0 && missing >= -MOST_BETWEEN && missing <= onLists + MOST_BETWEEN,
    text,
  );
}

function total(pages: number[]): number {
  return pages.reduce((sum, one) => sum + one, 0);
}

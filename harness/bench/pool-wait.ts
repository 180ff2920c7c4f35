import type { Host } from "../host/host.ts";
import type { Clock } from "./clock.ts";
import { type Counters, readCounters } from "./counters.ts";

const POLL_MS = 500;
/** Growth of the level that counts as progress: less is the noise of per-CPU lists and page tables. */
const PROGRESS_SHARE = 0.001;
/** A level that has not grown for so long grows no more; the worker's delay between passes is 1 s. */
const STALL_MS = 4_000;
/** However much memory there is and however slowly it is cleared, a round does not wait longer. */
const DEADLINE_MS = 30 * 60_000;

/** Share (0 to 1) of free memory that is marked zero; 0 without the series. */
export function poolLevel(counters: Counters): number {
  return counters.freePages === 0 ? 0 : (counters.prezero?.zeroedPages ?? 0) / counters.freePages;
}

/**
 * Waits until the zero pool of the host is full enough, or does not get any fuller: a pool that stays below the level
 * is not an error, its level is a part of each sample.
 * @param wantedLevel share of free memory (0 to 1)
 * @param onLevel told the level at each poll
 * @returns seconds waited
 */
export async function waitForPool(
  host: Host,
  wantedLevel: number,
  clock: Clock,
  onLevel: (level: number) => void = () => {},
): Promise<number> {
  const startedMs = clock.nowMs();
  let best = { level: 0, atMs: startedMs };
  for (;;) {
    const level = poolLevel(await readCounters(host));
    onLevel(level);
    const nowMs = clock.nowMs();
    if (level >= best.level + PROGRESS_SHARE) best = { level, atMs: nowMs };
    const stalled = nowMs - best.atMs >= STALL_MS;
    if (level >= wantedLevel || stalled || nowMs - startedMs >= DEADLINE_MS) return (nowMs - startedMs) / 1000;
    await clock.sleep(POLL_MS);
  }
}

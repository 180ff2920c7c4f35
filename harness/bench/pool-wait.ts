import type { Host } from "../host/host.ts";
import type { Clock } from "./clock.ts";
import { type Counters, readCounters } from "./counters.ts";

const POLL_MS = 500;
/** Share of free memory that a working worker clears while we look; less is what a small load frees. */
const PROGRESS_SHARE = 0.001;
/** A worker that has cleared nothing for so long has nothing to do; its delay between passes is 1 s. */
const STALL_MS = 4_000;
/** However much memory there is and however slowly it is cleared, a round does not wait longer. */
const DEADLINE_MS = 30 * 60_000;

/** Share (0 to 1) of free memory that is marked zero; 0 without the series. */
export function poolLevel(counters: Counters): number {
  return counters.freePages === 0 ? 0 : (counters.prezero?.zeroedPages ?? 0) / counters.freePages;
}

/**
 * Waits until the zero pool of the host is full enough, or its worker has stopped working: a pool that stays below the
 * level is not an error, its level is a part of each sample. The level itself tells nothing about the worker: it falls
 * when cleared memory merges with memory that is not.
 * @param wantedLevel share of free memory (0 to 1)
 * @param onLevel told the level at each poll
 * @returns seconds waited
 */
export async function waitForPool(
  host: Pick<Host, "exec">,
  wantedLevel: number,
  clock: Clock,
  onLevel: (level: number) => void = () => {},
): Promise<number> {
  const startedMs = clock.nowMs();
  let progress = { clearedPages: 0, atMs: startedMs };
  for (;;) {
    const counters = await readCounters(host);
    const clearedPages = counters.prezero?.clearedPages ?? 0;
    const level = poolLevel(counters);
    onLevel(level);
    const nowMs = clock.nowMs();
    if (clearedPages >= progress.clearedPages + PROGRESS_SHARE * counters.freePages) {
      progress = { clearedPages, atMs: nowMs };
    }
    const stalled = nowMs - progress.atMs >= STALL_MS;
    if (level >= wantedLevel || stalled || nowMs - startedMs >= DEADLINE_MS) return (nowMs - startedMs) / 1000;
    await clock.sleep(POLL_MS);
  }
}

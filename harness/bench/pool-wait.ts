import type { BootedHost } from "../host/host.ts";
import type { LastRefill } from "../run/record.ts";
import type { RefillCurve } from "../run/sample.ts";
import type { Clock } from "./clock.ts";
import { type Counters, cpuSince, readCounters } from "./counters.ts";

const POLL_MS = 500;
/** Share of free memory that a working worker clears while we look; less is what a small load frees. */
const PROGRESS_SHARE = 0.005;
/**
 * A worker that has cleared nothing for so long has nothing to do. Its delay between passes is 1 s, and what others have
 * used without needing zeroes it leaves to them until ten seconds have begun and ended without: 20 s, and a little.
 */
const STALL_MS = 40_000;
/** However much memory there is and however slowly it is cleared, a round does not wait longer. */
const DEADLINE_MS = 30 * 60_000;
/** Enough to draw a curve with; a sample stays a line that a person can look at. */
const CURVE_POINTS_MAX = 60;

export type PoolWait = {
  /** Until the pool was full enough; when it stays below that, until its worker was last seen to have cleared something. */
  seconds: number;
  curve: RefillCurve;
  /** What the host had counted when the wait was over. */
  counters: Counters;
};

/** Share (0 to 1) of free memory that is marked zero; 0 without the series. */
export function poolLevel(counters: Counters): number {
  return counters.freePages === 0 ? 0 : (counters.prezero?.zeroedPages ?? 0) / counters.freePages;
}

/** The level in a few words, for whoever waits. */
export function describePool(level: number): string {
  return `pool ${(level * 100).toFixed(1)} % zero`;
}

/**
 * Waits until the zero pool of the host is full enough, or its worker has stopped working: a pool that stays below the
 * level is not an error, its level is a part of each sample. The level itself tells nothing about the worker: it falls
 * when cleared memory merges with memory that is not.
 * @param wantedLevel share of free memory (0 to 1)
 * @param onLevel told the level at each poll
 */
export async function waitForPool(
  host: Pick<BootedHost, "exec">,
  wantedLevel: number,
  clock: Clock,
  onLevel: (level: number) => void = () => {},
): Promise<PoolWait> {
  const startedMs = clock.nowMs();
  const secondsTo = (ms: number) => (ms - startedMs) / 1000;
  const curve: RefillCurve = [];
  let progress = { clearedPages: 0, atMs: startedMs };
  for (;;) {
    const counters = await readCounters(host);
    const clearedPages = counters.prezero?.pages.cleared ?? 0;
    const level = poolLevel(counters);
    onLevel(level);
    const nowMs = clock.nowMs();
    curve.push([secondsTo(nowMs), rounded(level)]);
    if (clearedPages >= progress.clearedPages + PROGRESS_SHARE * counters.freePages) {
      progress = { clearedPages, atMs: nowMs };
    }
    const isFull = level >= wantedLevel;
    if (isFull || nowMs - progress.atMs >= STALL_MS || nowMs - startedMs >= DEADLINE_MS) {
      return { seconds: secondsTo(isFull ? nowMs : progress.atMs), curve: thinned(curve), counters };
    }
    await clock.sleep(POLL_MS);
  }
}

/** Four decimals, never rounded up: what is short of full must not look full. */
function rounded(level: number): number {
  return Math.floor(level * 10_000) / 10_000;
}

/** At most CURVE_POINTS_MAX points, evenly taken, the first and the last among them. */
function thinned(curve: RefillCurve): RefillCurve {
  if (curve.length <= CURVE_POINTS_MAX) return curve;
  const step = (curve.length - 1) / (CURVE_POINTS_MAX - 1);
  return Array.from({ length: CURVE_POINTS_MAX }, (_, i) => curve[Math.round(i * step)] as RefillCurve[number]);
}

/**
 * Waits for the pool once more after the last VM of a boot. Without it an arm that zeroes in the background would be
 * charged for one refill less than it needs.
 * @param wantedLevel share of free memory (0 to 1)
 * @param previous counters after the last round
 */
export async function measureLastRefill(
  host: Pick<BootedHost, "exec">,
  wantedLevel: number,
  clock: Clock,
  previous: Counters,
  onLevel: (level: number) => void,
): Promise<LastRefill> {
  const { seconds, curve, counters } = await waitForPool(host, wantedLevel, clock, onLevel);
  return {
    seconds,
    refill: curve,
    pool: { freePages: counters.freePages, zeroedPages: counters.prezero?.zeroedPages ?? 0 },
    cpu: cpuSince(previous, counters),
  };
}

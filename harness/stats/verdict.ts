/** From here down a p-value counts. */
export const ALPHA = 0.05;

export const verdicts = ["faster", "slower", "within noise", "no difference shown", "too few boots"] as const;
export type Verdict = (typeof verdicts)[number];

type Interval = { low: number; high: number };

/**
 * What may be said of an arm: a direction only when the permutation test and the interval of the ratio base / arm both
 * allow it. "No difference shown" is not "the same": a difference smaller than the noise stays unseen.
 * @param p null when the number of boots cannot reach alpha
 * @param interval of base / arm, null likewise
 * @param alpha from here down p counts
 */
export function verdictOf(p: number | null, interval: Interval | null, alpha = ALPHA): Verdict {
  if (p === null || interval === null) return "too few boots";
  if (p > alpha) return "no difference shown";
  if (interval.low > 1) return "faster";
  if (interval.high < 1) return "slower";
  return "no difference shown";
}

/**
 * How far apart two halves of the same kernel may have been, as a ratio of at least 1: the bound of the A/A ratio's
 * interval that is further from 1. The bound, not the ratio: of a few boots even the ratio of like kernels is luck.
 */
export function noiseFloorOf(again: Interval): number {
  return Math.max(again.high, 1 / again.low);
}

/** The verdict beside an A/A comparison: a direction becomes "within noise" where the ratio is inside the noise floor. */
export function verdictAbove(floor: number, ratio: number, verdict: Verdict): Verdict {
  const shown = verdict === "faster" || verdict === "slower";
  return shown && Math.max(ratio, 1 / ratio) <= floor ? "within noise" : verdict;
}

/** From here down a p-value counts. */
export const ALPHA = 0.05;

export const verdicts = ["faster", "slower", "no difference shown", "too few boots"] as const;
export type Verdict = (typeof verdicts)[number];

/**
 * What may be said of an arm: a direction only when the permutation test and the interval of the ratio base / arm both
 * allow it. "No difference shown" is not "the same": a difference smaller than the noise stays unseen.
 * @param p null when the number of boots cannot reach ALPHA
 * @param interval of base / arm, null likewise
 */
export function verdictOf(p: number | null, interval: { low: number; high: number } | null): Verdict {
  if (p === null || interval === null) return "too few boots";
  if (p > ALPHA) return "no difference shown";
  if (interval.low > 1) return "faster";
  if (interval.high < 1) return "slower";
  return "no difference shown";
}

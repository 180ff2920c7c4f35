import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import studentQuantile from "@stdlib/stats-base-dists-t-quantile";
import type { Weighted } from "./bootstrap-median.ts";

/** Of all intervals, the share that is meant to hold the true value. */
export const CONFIDENCE = 0.95;

/**
 * Probability that a bootstrap interval of 95 % leaves out on either side. A plain percentile interval of a few boots is
 * too narrow, so the percentiles are moved out as T. C. Hesterberg describes ("What teachers should know about the
 * bootstrap", The American Statistician 69, 2015, on expanded percentile intervals): alpha/2 becomes
 * Phi(-sqrt(n / (n - 1)) t), t Student's with the degrees of freedom of all groups, n the smallest group.
 * @param sizes boots of each group that goes into the statistic
 */
export function expandedTail(...sizes: number[]): number {
  const smallest = Math.min(...sizes);
  // One boot against many: its own spread is unknown and n / (n - 1) has no value; take the range.
  if (smallest === 1) return 0;
  const degrees = sizes.reduce((sum, size) => sum + size - 1, 0);
  return normalCdf(-studentQuantile((1 + CONFIDENCE) / 2, degrees) * Math.sqrt(smallest / (smallest - 1)), 0, 1);
}

/** Smallest value that a share p of the probability does not exceed. @param outcomes ascending */
export function quantile(outcomes: readonly Weighted[], p: number): number {
  let sum = 0;
  for (const { value, probability } of outcomes) {
    sum += probability;
    if (sum >= p && probability > 0) return value;
  }
  return (outcomes.at(-1) as Weighted).value;
}

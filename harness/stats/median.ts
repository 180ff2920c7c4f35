import { medianSorted } from "simple-statistics";
import { choose } from "./permutation.ts";

/** Middle value; the mean of the middle two when their number is even. @throws RangeError when there are no values. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("the median of nothing");
  return medianSorted([...values].sort((a, b) => a - b));
}

/** Median of independent values, and an interval that holds the true one; null where there are too few values for it. */
export type MedianInterval = { value: number; interval: { low: number; high: number; confidence: number } | null };

const CONFIDENCE = 0.95;

/**
 * Median with the narrowest interval between two order statistics that holds the true median in at least 95 % of all
 * cases, whatever the distribution: between the k-th smallest and the k-th largest of n lies the median with
 * probability 1 - 2 P(B < k), B binomial of n tries at 1/2 (W. J. Conover, Practical Nonparametric Statistics, 3rd
 * edition, 1999, section 3.2). It takes six values: with five, even the range holds it in 94 % only.
 * @throws RangeError when there are no values
 */
export function medianInterval(values: readonly number[]): MedianInterval {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  let interval: MedianInterval["interval"] = null;
  let outside = 0;
  for (let k = 1; k <= n / 2; k++) {
    outside += (2 * choose(n, k - 1)) / 2 ** n;
    if (1 - outside < CONFIDENCE) break;
    interval = { low: sorted[k - 1] as number, high: sorted[n - k] as number, confidence: 1 - outside };
  }
  return { value: median(sorted), interval };
}

import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import studentQuantile from "@stdlib/stats-base-dists-t-quantile";
import { choose } from "./permutation.ts";

/** A value and how likely it is. */
export type Weighted = { value: number; probability: number };

/**
 * What the median of n values becomes when the n are drawn again with replacement: every outcome with its probability,
 * ascending. It is the bootstrap carried to infinitely many draws, so there is no random number in it and the same
 * values give the same bytes always (B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics
 * 7, 1979, section 3 for odd n; for even n by the same counting over the two middle order statistics, below).
 */
export function bootstrapMedian(values: readonly number[]): Weighted[] {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) throw new RangeError("the bootstrap of nothing");
  return middlesOf(sorted.length)
    .map(({ lower, upper, probability }) => ({
      value: ((sorted[lower] as number) + (sorted[upper] as number)) / 2,
      probability,
    }))
    .sort((a, b) => a.value - b.value);
}

/** The two values, by their place in ascending order, that are the middle of a draw (one and the same for odd n). */
type Middle = { lower: number; upper: number; probability: number };

/** They depend on nothing but n. */
const middles = new Map<number, Middle[]>();

function middlesOf(n: number): Middle[] {
  const known = middles.get(n) ?? (n % 2 === 1 ? oddMiddles(n) : evenMiddles(n));
  middles.set(n, known);
  return known;
}

function oddMiddles(n: number): Middle[] {
  const middle = (n + 1) / 2;
  return Array.from({ length: n }, (_, i) => ({
    lower: i,
    upper: i,
    probability: orderStatistic(n, middle, i + 1),
  }));
}

function evenMiddles(n: number): Middle[] {
  const half = n / 2;
  const found: Middle[] = [];
  for (let i = 1; i <= n; i++) {
    let apart = 0;
    for (let j = i + 1; j <= n; j++) {
      // Half of the draws end exactly at the i-th value and the other half begins exactly at the j-th.
      const lower = (i / n) ** half - ((i - 1) / n) ** half;
      const upper = ((n - j + 1) / n) ** half - ((n - j) / n) ** half;
      const probability = choose(n, half) * lower * upper;
      apart += probability;
      found.push({ lower: i - 1, upper: j - 1, probability });
    }
    found.push({ lower: i - 1, upper: i - 1, probability: orderStatistic(n, half, i) - apart });
  }
  return found;
}

/** Probability that the k-th smallest of n draws from n values is the i-th value. */
function orderStatistic(n: number, k: number, i: number): number {
  return atLeast(n, k, i / n) - atLeast(n, k, (i - 1) / n);
}

/** Probability of k or more successes in n tries. */
function atLeast(n: number, k: number, success: number): number {
  let sum = 0;
  for (let hits = k; hits <= n; hits++) sum += choose(n, hits) * success ** hits * (1 - success) ** (n - hits);
  return sum;
}

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

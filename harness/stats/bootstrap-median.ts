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
  const n = sorted.length;
  if (n === 0) throw new RangeError("the bootstrap of nothing");
  if (n % 2 === 1) {
    const middle = (n + 1) / 2;
    return sorted.map((value, i) => ({ value, probability: orderStatistic(n, middle, i + 1) }));
  }
  const half = n / 2;
  const outcomes: Weighted[] = [];
  for (let i = 1; i <= n; i++) {
    let apart = 0;
    for (let j = i + 1; j <= n; j++) {
      // Half of the draws end exactly at the i-th value and the other half begins exactly at the j-th.
      const lower = (i / n) ** half - ((i - 1) / n) ** half;
      const upper = ((n - j + 1) / n) ** half - ((n - j) / n) ** half;
      const probability = choose(n, half) * lower * upper;
      apart += probability;
      outcomes.push({ value: ((sorted[i - 1] as number) + (sorted[j - 1] as number)) / 2, probability });
    }
    outcomes.push({ value: sorted[i - 1] as number, probability: orderStatistic(n, half, i) - apart });
  }
  return outcomes.sort((a, b) => a.value - b.value);
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

import { Random } from "./random.ts";

/** Two-sided permutation test of two groups. */
export type PermutationTest = {
  p: number;
  /** Smallest p that groups of these sizes can give at all, however far apart they are. */
  smallestP: number;
  /** Splits looked at: all there are when exact. */
  splits: number;
  exact: boolean;
};

/** Up to here every split is looked at (12 against 12 is 2,704,156); beyond, a fixed number of random ones. */
const EXACT_SPLITS_MAX = 3_000_000;
const RANDOM_SPLITS = 199_999;
const SEED = [0x70, 0x72, 0x65, 0x7a] as const;
/** Two sums that differ by less than this share are equal: the same numbers were added in another order. */
const TIE_TOLERANCE = 1e-12;

/** Number of ways to choose k of n. */
export function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) ways = Math.round((ways * (n - i + 1)) / i);
  return ways;
}

/** Smallest two-sided p of groups of n and m: both tails hold at least one of the choose(n + m, n) splits. */
export function smallestP(n: number, m: number): number {
  return Math.min(1, 2 / choose(n + m, n));
}

/**
 * Do two groups of per-boot medians differ? If the arm made no difference, every way to deal the n + m boots into
 * groups of n and m was as likely as the one seen; p is how many of them give a difference of means at least as far
 * out, on the nearer side, doubled (R. A. Fisher, The Design of Experiments, 1935, section 21; doubling the smaller
 * tail as scipy.stats.permutation_test does). With groups of one size both tails are alike and doubling changes nothing.
 *
 * The statistic is the difference of means although the effect is told in medians, because medians tie: of two groups
 * of four that do not overlap at all, the difference of medians is reached by other splits too, and p stops at 0.057.
 *
 * Beyond 3,000,000 splits p comes from 199,999 random ones with a fixed seed, as (b + 1) / (r + 1) (B. Phipson and
 * G. K. Smyth, "Permutation P-values should never be zero", 2010).
 */
export function permutationTest(a: readonly number[], b: readonly number[]): PermutationTest {
  if (a.length === 0 || b.length === 0) throw new RangeError("a permutation test needs values in both groups");
  const pooled = [...a, ...b];
  // The pool's total is fixed, so the sum of one group orders the splits exactly as the difference of means does.
  const seen = a.reduce((sum, value) => sum + value, 0);
  const tolerance = TIE_TOLERANCE * pooled.reduce((sum, value) => sum + Math.abs(value), 0);
  const tails = { low: 0, high: 0 };
  const count = (sum: number): void => {
    if (sum <= seen + tolerance) tails.low += 1;
    if (sum >= seen - tolerance) tails.high += 1;
  };
  const splits = choose(pooled.length, a.length);
  const exact = splits <= EXACT_SPLITS_MAX;
  if (exact) forEachSum(pooled, a.length, 0, 0, count);
  else forRandomSums(pooled, a.length, count);
  const extreme = Math.min(tails.low, tails.high);
  const share = exact ? extreme / splits : (extreme + 1) / (RANDOM_SPLITS + 1);
  return {
    p: Math.min(1, 2 * share),
    smallestP: smallestP(a.length, b.length),
    splits: exact ? splits : RANDOM_SPLITS,
    exact,
  };
}

/** Calls `visit` with the sum of every choice of `wanted` values from `values[from..]`. */
function forEachSum(values: number[], wanted: number, from: number, sum: number, visit: (sum: number) => void): void {
  if (wanted === 0) {
    visit(sum);
    return;
  }
  for (let i = from; i <= values.length - wanted; i++) {
    forEachSum(values, wanted - 1, i + 1, sum + (values[i] as number), visit);
  }
}

/** As forEachSum for random choices: the first steps of a Fisher-Yates shuffle. */
function forRandomSums(values: number[], wanted: number, visit: (sum: number) => void): void {
  const random = new Random(SEED);
  const deck = [...values];
  for (let split = 0; split < RANDOM_SPLITS; split++) {
    let sum = 0;
    for (let i = 0; i < wanted; i++) {
      const j = i + random.below(deck.length - i);
      [deck[i], deck[j]] = [deck[j] as number, deck[i] as number];
      sum += deck[i] as number;
    }
    visit(sum);
  }
}

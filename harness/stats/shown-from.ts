import { choose } from "./permutation.ts";
import type { Random } from "./random.ts";
import { ratioInterval } from "./ratio-interval.ts";

/** Up to here every split is looked at (six boots against six are 924); beyond, a number of random ones. */
const EXACT_SPLITS_MAX = 1_000;
const RANDOM_SPLITS = 400;

/**
 * The factor above which the verdict of these two groups of per-boot medians is "faster" when all of base is multiplied
 * by it: the smallest effect that would have been shown had the noise been this. Infinity where the number of boots
 * cannot show anything at this level.
 *
 * The verdict wants the interval's low end above 1, and multiplying base multiplies that end; and it wants p, for which
 * see {@link testFactor}. Both hold from some factor on, so the larger of the two is the answer.
 * @param random draws splits where there are too many to look at
 */
export function shownFrom(base: readonly number[], arm: readonly number[], alpha: number, random: Random): number {
  const interval = ratioInterval(base, arm);
  return interval === null
    ? Number.POSITIVE_INFINITY
    : Math.max(1 / interval.low, testFactor(base, arm, alpha, random));
}

/**
 * The factor above which the permutation test of the groups is significant. A split that moves some boots of arm over,
 * and as many of base back, has a sum as large as the one seen up to one factor: the moved boots of arm over those of
 * base. So p falls as the factor rises, one split at a time, and the factor is the one at which few enough are left.
 */
function testFactor(base: readonly number[], arm: readonly number[], alpha: number, random: Random): number {
  const exact = choose(base.length + arm.length, arm.length) <= EXACT_SPLITS_MAX;
  const factors = exact ? allFactors(base, arm) : randomFactors(base, arm, random);
  // Both tails count, and the split that was seen counts too.
  const allowed = Math.floor((alpha * factors.length) / 2 + 1e-9);
  return factors.sort()[factors.length - 1 - allowed] as number;
}

function allFactors(base: readonly number[], arm: readonly number[]): Float64Array {
  const [back, over] = [sumsBySize(base), sumsBySize(arm)];
  const factors = over.flatMap((sums, size) => sums.flatMap((sum) => (back[size] ?? []).map((other) => sum / other)));
  // Nothing moved: the split that was seen, as large as itself whatever the factor.
  factors[0] = Number.POSITIVE_INFINITY;
  return Float64Array.from(factors);
}

/** Sums of all choices of 0, 1, 2, ... of the values. */
function sumsBySize(values: readonly number[]): number[][] {
  const sums: number[][] = [[0], ...values.map(() => [])];
  for (const value of values) {
    for (let size = values.length; size > 0; size--) {
      (sums[size] as number[]).push(...(sums[size - 1] as number[]).map((sum) => sum + value));
    }
  }
  return sums;
}

/** The split that was seen and random others: the first steps of a Fisher-Yates shuffle each. */
function randomFactors(base: readonly number[], arm: readonly number[], random: Random): Float64Array {
  const factors = new Float64Array(RANDOM_SPLITS).fill(Number.POSITIVE_INFINITY);
  const deck = Array.from({ length: base.length + arm.length }, (_, i) => i);
  const baseSum = base.reduce((sum, value) => sum + value, 0);
  for (let split = 1; split < RANDOM_SPLITS; split++) {
    let [over, kept] = [0, 0];
    for (let i = 0; i < base.length; i++) {
      const j = i + random.below(deck.length - i);
      [deck[i], deck[j]] = [deck[j] as number, deck[i] as number];
      const boot = deck[i] as number;
      if (boot < base.length) kept += base[boot] as number;
      else over += arm[boot - base.length] as number;
    }
    if (over > 0) factors[split] = over / (baseSum - kept);
  }
  return factors;
}

import { bootstrapMedian, CONFIDENCE, expandedTail, quantile, type Weighted } from "./bootstrap-median.ts";
import { median } from "./median.ts";
import { smallestP } from "./permutation.ts";
import { Random } from "./random.ts";

/** How much of the removable time an arm removes: 0 nothing, 1 all; the interval is one of 95 %. */
export type RemovableShare = { share: number; low: number; high: number };

/** Up to here every combination of three medians is looked at (12 boots in each arm have 474,552); beyond, random ones. */
const COMBINATIONS_MAX = 500_000;
const RANDOM_DRAWS = 199_999;
const SEED = [0x6c, 0x69, 0x6d, 0x69] as const;

/**
 * Share (base - arm) / (base - limit) of the time that can be removed at all, from per-boot medians; `limit` removes all
 * of it. Null where there is nothing to take a share of: when base - limit is not clearly above zero, that is, when its
 * own bootstrap interval of 95 % reaches down to it, or with too few boots for any interval.
 *
 * Whole boots of all three are drawn anew (see ratioInterval for why boots and how the percentiles are chosen); the same
 * draw of base stands above and below the line, so that what base varies by does not count twice. A draw in which limit
 * is not below base gives no share at all; it is taken to be below every other one for the lower end and above every
 * other one for the upper end, which makes the interval wider, as Fieller's gets when its denominator nears zero
 * (E. C. Fieller, "Some problems in interval estimation", Journal of the Royal Statistical Society B 16, 1954).
 */
export function removableShare(
  base: readonly number[],
  arm: readonly number[],
  limit: readonly number[],
): RemovableShare | null {
  const sizes = [arm.length, limit.length];
  if (sizes.some((size) => smallestP(base.length, size) > 1 - CONFIDENCE)) return null;
  const medians = { base: bootstrapMedian(base), arm: bootstrapMedian(arm), limit: bootstrapMedian(limit) };
  if (!isClearlyLess(medians.limit, medians.base, expandedTail(base.length, limit.length))) return null;
  const tail = expandedTail(base.length, ...sizes);
  const shares = sharesOf(medians).sort((a, b) => a.value - b.value);
  const none = 1 - shares.reduce((sum, { probability }) => sum + probability, 0);
  return {
    share: (median(base) - median(arm)) / (median(base) - median(limit)),
    low: quantile(shares, tail - none),
    high: quantile(shares, 1 - tail),
  };
}

function isClearlyLess(less: readonly Weighted[], more: readonly Weighted[], tail: number): boolean {
  let notLess = 0;
  for (const a of less) for (const b of more) if (a.value >= b.value) notLess += a.probability * b.probability;
  return notLess <= tail;
}

type Medians = Record<"base" | "arm" | "limit", readonly Weighted[]>;

/** The shares that the combinations of the three medians give, without those in which limit is not below base. */
function sharesOf(medians: Medians): Weighted[] {
  const shares: Weighted[] = [];
  const add = (base: number, arm: number, limit: number, probability: number): void => {
    if (limit < base) shares.push({ value: (base - arm) / (base - limit), probability });
  };
  const { base, arm, limit } = medians;
  if (base.length * arm.length * limit.length > COMBINATIONS_MAX) {
    const random = new Random(SEED);
    const draw = (outcomes: readonly Weighted[]) => quantile(outcomes, (random.next() + 1) / 2 ** 32);
    for (let i = 0; i < RANDOM_DRAWS; i++) add(draw(base), draw(arm), draw(limit), 1 / RANDOM_DRAWS);
    return shares;
  }
  for (const b of base) {
    for (const a of arm) {
      for (const l of limit) add(b.value, a.value, l.value, b.probability * a.probability * l.probability);
    }
  }
  return shares;
}

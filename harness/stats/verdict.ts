/** From here down a p-value counts. */
export const ALPHA = 0.05;

export const verdicts = [
  "faster",
  "slower",
  "within noise",
  "no difference that matters",
  "no difference shown",
  "too few boots",
] as const;
export type Verdict = (typeof verdicts)[number];

type Interval = { low: number; high: number };

/** What a verdict is given at. */
export type Level = {
  /** From here down p counts. */
  alpha?: number;
  /** Smallest difference of interest, as a share: 0.02 is 2 %. */
  matters: number;
};

/**
 * What may be said of an arm.
 *
 * First whether a difference that matters can be ruled out: all of the interval of base / arm is between
 * 1 / (1 + matters) and 1 + matters. That is an equivalence test (D. J. Schuirmann, "A comparison of the two one-sided
 * tests procedure and the power approach", Journal of Pharmacokinetics and Biopharmaceutics 15, 1987; its 90 % interval
 * is our 95 % one, which makes it stricter), and what criterion.rs does with its noise threshold. It comes first,
 * because with enough boots any difference, however small, gets a low p.
 *
 * Then a direction, only when the permutation test and the interval both allow it. "No difference shown" is not "the
 * same": a difference smaller than the noise stays unseen.
 * @param p null when the number of boots cannot reach alpha
 * @param interval of base / arm, null likewise
 */
export function verdictOf(p: number | null, interval: Interval | null, { alpha = ALPHA, matters }: Level): Verdict {
  if (p === null || interval === null) return "too few boots";
  const { low, high } = interval;
  if (low >= 1 / (1 + matters) && high <= 1 + matters) return "no difference that matters";
  if (p > alpha) return "no difference shown";
  if (low > 1) return "faster";
  return high < 1 ? "slower" : "no difference shown";
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
  return isDifference(verdict) && Math.max(ratio, 1 / ratio) <= floor ? "within noise" : verdict;
}

/** Whether the verdict names a direction. */
export function isDifference(verdict: Verdict): boolean {
  return verdict === "faster" || verdict === "slower";
}

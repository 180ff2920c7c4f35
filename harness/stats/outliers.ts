import { median } from "./median.ts";

/** A value this many scaled MADs from the median is far from the rest. */
export const FAR = 3.5;
/** Of fewer values, none can be said to be far from the rest. */
export const FEWEST_VALUES = 4;
/** MAD of normal values times this is their standard deviation. */
const NORMAL_SCALE = 1.4826;
/** Few normal values have a MAD that is too small by this much on average: for 4, 5, ... 9 values. */
const SMALL_SAMPLE = [1.363, 1.206, 1.2, 1.14, 1.129, 1.107] as const;

/** A value far from the rest, by its place in the list. */
export type Far = { index: number; distance: number };

/**
 * Which values are far from the rest: further from their median than FAR times the scaled MAD, the median distance from
 * the median (B. Iglewicz and D. C. Hoaglin, How to Detect and Handle Outliers, 1993: modified z-scores above 3.5), with
 * the factors for small samples of C. Croux and P. J. Rousseeuw, "Time-efficient algorithms for two highly robust
 * estimators of scale", Computational Statistics 1, 1992. It is a reason to look, never one to leave a value out: about
 * one group of ten clean ones has such a value too (the simulation in the tests). Where more than half of the values are
 * the same, distance has no unit and nothing is far.
 * @returns distances in scaled MADs, with the sign of the deviation
 */
export function farFromRest(values: readonly number[]): Far[] {
  if (values.length < FEWEST_VALUES) return [];
  const centre = median(values);
  const mad = median(values.map((value) => Math.abs(value - centre)));
  if (mad === 0) return [];
  const n = values.length;
  const unit = mad * NORMAL_SCALE * (SMALL_SAMPLE[n - FEWEST_VALUES] ?? n / (n - 0.8));
  return values
    .map((value, index) => ({ index, distance: (value - centre) / unit }))
    .filter(({ distance }) => Math.abs(distance) > FAR);
}

import studentQuantile from "@stdlib/stats-base-dists-t-quantile";
import { linearRegression, mean, sampleStandardDeviation } from "simple-statistics";

export type Point = { x: number; y: number };

/** An estimate and its 95 % interval. */
export type Estimate = { value: number; low: number; high: number };

const UPPER_QUANTILE = 0.975;

export type Line = {
  slope: Estimate;
  intercept: Estimate;
  /** Where the line (not a single new point) is at x. */
  at(x: number): Estimate;
};

/**
 * Least squares line through points that are independent of each other, with Student's t intervals (N. R. Draper and
 * H. Smith, Applied Regression Analysis, 3rd edition, 1998, chapter 1).
 * @throws RangeError with fewer than three points or with one x only: there is no interval then.
 */
export function fitLine(points: readonly Point[]): Line {
  const n = points.length;
  const centre = mean(points.map((point) => point.x));
  const spread = points.reduce((sum, point) => sum + (point.x - centre) ** 2, 0);
  if (n < 3 || spread === 0) throw new RangeError("a line with an interval needs three points and two different x");
  const { m: slope, b: intercept } = linearRegression(points.map((point) => [point.x, point.y]));
  const residual = points.reduce((sum, point) => sum + (point.y - intercept - slope * point.x) ** 2, 0);
  const deviation = Math.sqrt(residual / (n - 2));
  const t = studentQuantile(UPPER_QUANTILE, n - 2);
  const at = (x: number): Estimate =>
    around(intercept + slope * x, t * deviation * Math.sqrt(1 / n + (x - centre) ** 2 / spread));
  return { slope: around(slope, (t * deviation) / Math.sqrt(spread)), intercept: at(0), at };
}

/** Mean of independent values with Student's t interval of 95 %. @throws RangeError with fewer than two values. */
export function meanInterval(values: readonly number[]): Estimate {
  if (values.length < 2) throw new RangeError("an interval of a mean needs two values");
  const error = sampleStandardDeviation([...values]) / Math.sqrt(values.length);
  return around(mean([...values]), studentQuantile(UPPER_QUANTILE, values.length - 1) * error);
}

function around(value: number, half: number): Estimate {
  return { value, low: value - half, high: value + half };
}

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

/** A line through per-boot values, and where its interval comes from. */
export type BootLine = Line & { method: "line per boot" | "boots as points" };

/**
 * Line through points measured in several boots, with the boot as the unit of replication.
 *
 * When each boot measured two sizes or more, its points share the boot's own luck and are not independent: each boot
 * gives one line, and mean and t interval are taken over the boots' lines (the summary measures approach, J. N. S.
 * Matthews et al., "Analysis of serial measurements in medical research", BMJ 300, 1990). With the same sizes in every
 * boot the mean line is the least squares line through all points. When each boot measured one size, the points are
 * independent and {@link fitLine} applies. Null when neither gives an interval.
 */
export function fitBoots(boots: readonly (readonly Point[])[]): BootLine | null {
  const sizesOf = (points: readonly Point[]): number => new Set(points.map((point) => point.x)).size;
  if (boots.length >= 2 && boots.every((points) => sizesOf(points) >= 2)) {
    const lines = boots.map((points) => linearRegression(points.map((point) => [point.x, point.y])));
    const at = (x: number): Estimate => meanInterval(lines.map((line) => line.b + line.m * x));
    return { method: "line per boot", slope: meanInterval(lines.map((line) => line.m)), intercept: at(0), at };
  }
  const points = boots.flat();
  if (boots.every((own) => own.length === 1) && points.length >= 3 && sizesOf(points) >= 2) {
    return { method: "boots as points", ...fitLine(points) };
  }
  return null;
}

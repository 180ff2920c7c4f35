import chiSquaredQuantile from "@stdlib/stats-base-dists-chisquare-quantile";
import { sampleStandardDeviation } from "simple-statistics";

/**
 * Spread of times as a standard deviation of their logarithm: for a few percent, the coefficient of variation.
 * @throws RangeError with fewer than two values
 */
export function spreadOf(values: readonly number[]): number {
  if (values.length < 2) throw new RangeError("a spread needs two values");
  return sampleStandardDeviation(values.map(Math.log));
}

/**
 * How well a standard deviation is known: factors on it that hold the true one between them in 95 % of cases when values
 * are normal, sqrt(degrees / chi squared) (NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.3.1).
 * @param degrees degrees of freedom
 * @throws RangeError with fewer than one
 */
export function spreadFactors(degrees: number): { low: number; high: number } {
  if (degrees < 1) throw new RangeError(`degrees of freedom: ${degrees}`);
  const factor = (p: number): number => Math.sqrt(degrees / chiSquaredQuantile(p, degrees));
  return { low: factor(0.975), high: factor(0.025) };
}

import { chiSquaredDistributionTable, sampleStandardDeviation } from "simple-statistics";

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
 * are normal, sqrt(degrees / chi squared) (NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.3.1). The table ends at
 * 100 degrees of freedom and has gaps from 30 on; the next lower entry is taken, which is never narrower.
 * @param degrees degrees of freedom, at least 1
 */
export function spreadFactors(degrees: number): { low: number; high: number } {
  const entry = Object.entries(chiSquaredDistributionTable).findLast(([key]) => Number(key) <= degrees);
  if (entry === undefined) throw new RangeError(`degrees of freedom: ${degrees}`);
  const [key, quantiles] = entry;
  return { low: Math.sqrt(Number(key) / quantiles[0.025]), high: Math.sqrt(Number(key) / quantiles[0.975]) };
}

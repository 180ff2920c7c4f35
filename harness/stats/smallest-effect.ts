import chiSquaredQuantile from "@stdlib/stats-base-dists-chisquare-quantile";
import { sampleStandardDeviation } from "simple-statistics";
import { CONFIDENCE } from "./bootstrap-median.ts";
import { smallestP } from "./permutation.ts";
import { normal, Random } from "./random.ts";
import { shownFrom } from "./shown-from.ts";
import { ALPHA } from "./verdict.ts";

/** Share of runs that are to show an effect for it to count as one that the number of boots shows. */
export const POWER = 0.8;
/** Simulated runs; the power is met to within 1.8 points (one standard error). */
export const RUNS = 500;
const SEED = [0x70, 0x6c, 0x61, 0x6e] as const;

/** Per-boot medians to plan for. */
export type Noise = {
  /** Boots of each arm. */
  boots: number;
  /** Standard deviations of the logarithm of base's and the arm's per-boot medians. */
  baseSpread: number;
  armSpread: number;
};

/**
 * The smallest effect that so many boots show, as base / arm above 1: of RUNS simulated runs, whose per-boot medians are
 * log-normal with the given spreads, the share POWER has the verdict "faster" from there on. They are judged by what
 * judges a real run, permutation test and interval (see {@link shownFrom}), because no formula covers both; with a fixed
 * seed, so that the same noise gives the same plan. A slower arm is the mirror image.
 * @returns null where the number of boots can show nothing at this level
 */
export function smallestEffect({ boots, baseSpread, armSpread }: Noise, alpha = ALPHA): number | null {
  if (smallestP(boots, boots) > Math.min(alpha, 1 - CONFIDENCE)) return null;
  const random = new Random(SEED);
  const group = (spread: number): number[] => Array.from({ length: boots }, () => Math.exp(spread * normal(random)));
  const factors = Array.from({ length: RUNS }, () => shownFrom(group(baseSpread), group(armSpread), alpha, random));
  return Math.max(1, factors.sort((a, b) => a - b)[Math.ceil(POWER * RUNS) - 1] as number);
}

/** Fewest boots an arm that can show anything at this level. */
export function fewestBoots(alpha = ALPHA): number {
  let boots = 1;
  while (smallestP(boots, boots) > Math.min(alpha, 1 - CONFIDENCE)) boots++;
  return boots;
}

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

import chiSquaredQuantile from "@stdlib/stats-base-dists-chisquare-quantile";
import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import studentQuantile from "@stdlib/stats-base-dists-t-quantile";
import { describe, expect, test } from "vitest";

/** The distributions come from a library; here it is held against tables that others published. */
describe("Student's t", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, upper critical values of Student's t.
  test.each([
    [1, 6.314, 12.706, 63.657],
    [2, 2.92, 4.303, 9.925],
    [3, 2.353, 3.182, 5.841],
    [4, 2.132, 2.776, 4.604],
    [5, 2.015, 2.571, 4.032],
    [6, 1.943, 2.447, 3.707],
    [10, 1.812, 2.228, 3.169],
    [30, 1.697, 2.042, 2.75],
    [100, 1.66, 1.984, 2.626],
  ])("has the table's values for %i degrees of freedom", (degrees, p95, p975, p995) => {
    expect(studentQuantile(0.95, degrees)).toBeCloseTo(p95, 3);
    expect(studentQuantile(0.975, degrees)).toBeCloseTo(p975, 3);
    expect(studentQuantile(0.995, degrees)).toBeCloseTo(p995, 3);
  });

  test("has the closed forms of one and two degrees of freedom to twelve digits", () => {
    for (const p of [0.6, 0.9, 0.975, 0.9995]) {
      expect(studentQuantile(p, 1) / Math.tan(Math.PI * (p - 0.5)) - 1).toBeCloseTo(0, 12);
      expect(studentQuantile(p, 2) / ((2 * p - 1) / Math.sqrt(2 * p * (1 - p))) - 1).toBeCloseTo(0, 12);
    }
  });
});

// NIST/SEMATECH e-Handbook, 1.3.6.7.4, critical values of chi squared.
test.each([
  [1, 0.001, 5.024],
  [2, 0.051, 7.378],
  [6, 1.237, 14.449],
  [30, 16.791, 46.979],
  [100, 74.222, 129.561],
])("chi squared has the table's values for %i degrees of freedom", (degrees, low, high) => {
  expect(chiSquaredQuantile(0.025, degrees)).toBeCloseTo(low, 3);
  expect(chiSquaredQuantile(0.975, degrees)).toBeCloseTo(high, 3);
});

// NIST/SEMATECH e-Handbook, 1.3.6.7.1: area under the normal curve, plus one half.
test.each([
  [-1.96, 0.025],
  [-1, 0.15866],
  [0, 0.5],
  [1, 0.84134],
  [2.33, 0.9901],
])("below %f lies the share %f of the normal distribution", (x, share) => {
  expect(normalCdf(x, 0, 1)).toBeCloseTo(share, 5);
});

import { describe, expect, it } from "vitest";
import { spreadFactors, spreadOf } from "../../harness/stats/spread.ts";

describe("spreadOf", () => {
  it("is the standard deviation of the logarithm, whatever the unit", () => {
    // Logarithms 0, 1, 2: standard deviation 1.
    expect(spreadOf([1, Math.E, Math.E ** 2])).toBeCloseTo(1, 12);
    expect(spreadOf([1000, 1000 * Math.E, 1000 * Math.E ** 2])).toBeCloseTo(1, 12);
    expect(spreadOf([3, 3, 3])).toBe(0);
  });

  it("is near the coefficient of variation while it is small", () => {
    expect(spreadOf([98, 100, 102])).toBeCloseTo(0.02, 4);
  });

  it("takes two values", () => {
    expect(() => spreadOf([1])).toThrow(RangeError);
  });
});

describe("spreadFactors", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4, critical values of chi squared: for 6 degrees of freedom
  // 1.237 and 14.449, for 2 degrees 0.051 and 7.378, for 30 degrees 16.791 and 46.979.
  it.each([
    [2, Math.sqrt(2 / 7.378), Math.sqrt(2 / 0.051)],
    [6, Math.sqrt(6 / 14.449), Math.sqrt(6 / 1.237)],
    [30, Math.sqrt(30 / 46.979), Math.sqrt(30 / 16.791)],
  ])("are those of the chi squared distribution with %i degrees of freedom", (degrees, low, high) => {
    expect(spreadFactors(degrees).low).toBeCloseTo(low, 2);
    expect(Math.abs(spreadFactors(degrees).high / high - 1)).toBeLessThan(0.02);
  });

  it("are never too narrow between the entries of the table", () => {
    expect(spreadFactors(38)).toEqual(spreadFactors(30));
    expect(spreadFactors(500)).toEqual(spreadFactors(100));
  });

  it("take one degree of freedom", () => {
    expect(() => spreadFactors(0)).toThrow(RangeError);
  });
});

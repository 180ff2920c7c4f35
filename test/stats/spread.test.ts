import { describe, expect, it } from "vitest";
import { spreadFactors, spreadOf } from "../../harness/stats/smallest-effect.ts";

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
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4: 1.237 and 14.449 for 6 degrees of freedom.
  it("are those of the chi squared distribution", () => {
    expect(spreadFactors(6).low).toBeCloseTo(Math.sqrt(6 / 14.449), 4);
    expect(spreadFactors(6).high).toBeCloseTo(Math.sqrt(6 / 1.237), 3);
  });

  it("take one degree of freedom", () => {
    expect(() => spreadFactors(0)).toThrow(RangeError);
  });
});

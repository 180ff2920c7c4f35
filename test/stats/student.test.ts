import { describe, expect, it } from "vitest";
import { studentCdf, studentQuantile } from "../../harness/stats/student.ts";

describe("studentQuantile", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, upper critical values of Student's t.
  it.each([
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

  it("is symmetric and undoes the distribution function", () => {
    for (const degrees of [1, 2, 7, 18]) {
      expect(studentQuantile(0.025, degrees)).toBeCloseTo(-studentQuantile(0.975, degrees), 9);
      expect(studentCdf(studentQuantile(0.8, degrees), degrees)).toBeCloseTo(0.8, 12);
      expect(studentQuantile(0.5, degrees)).toBeCloseTo(0, 12);
    }
  });

  it("refuses what has no answer", () => {
    expect(() => studentQuantile(1, 5)).toThrow(RangeError);
    expect(() => studentQuantile(0.5, 0)).toThrow(RangeError);
    expect(() => studentCdf(0, 2.5)).toThrow(RangeError);
  });
});

describe("studentCdf", () => {
  it("is an arctangent with one degree of freedom", () => {
    expect(studentCdf(1, 1)).toBeCloseTo(0.75, 12);
    expect(studentCdf(-1, 1)).toBeCloseTo(0.25, 12);
  });
});

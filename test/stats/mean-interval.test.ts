import { describe, expect, it } from "vitest";
import { meanInterval } from "../../harness/stats/mean-interval.ts";

describe("meanInterval", () => {
  it("gives the interval that R prints for Student's sleep data", () => {
    // W. S. Gosset, "The probable error of a mean", Biometrika 6 (1908): hours of sleep that one drug brought more than
    // the other; R's help page of `sleep` has t.test(..., paired = TRUE): 0.7001142 to 2.4598858 around 1.58.
    const hours = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
    const { value, low, high } = meanInterval(hours);
    expect(value).toBeCloseTo(1.58, 12);
    expect(low).toBeCloseTo(0.7001142, 7);
    expect(high).toBeCloseTo(2.4598858, 7);
  });

  it("keeps its digits where values differ in the last ones only", () => {
    // NIST StRD, univariate, NumAcc1: 10000001, 10000003, 10000002; certified mean 10000002, standard deviation 1.
    const { value, low, high } = meanInterval([10000001, 10000003, 10000002]);
    expect(value).toBe(10000002);
    // t of 2 degrees of freedom, 4.302653.
    expect(high - value).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
    expect(value - low).toBeCloseTo(high - value, 7);
  });

  it("has no interval with one value", () => {
    expect(() => meanInterval([1])).toThrow(RangeError);
  });
});

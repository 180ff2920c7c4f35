import studentQuantile from "@stdlib/stats-base-dists-t-quantile";
import { describe, expect, it } from "vitest";
import { fitLine, meanInterval } from "../../harness/stats/line.ts";

/** F. J. Anscombe, "Graphs in statistical analysis", The American Statistician 27 (1973). */
const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
const y1 = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
const y2 = [9.14, 8.14, 8.74, 8.77, 9.26, 8.1, 6.13, 3.1, 9.13, 7.26, 4.74];
const y3 = [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73];
const x4 = [8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8];
const y4 = [6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.5, 5.56, 7.91, 6.89];

/** Speed (mph) and stopping distance (ft) of M. Ezekiel, 1930: the data set `cars` of R. */
const speed = [
  4, 4, 7, 7, 8, 9, 10, 10, 10, 11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 16, 16, 17, 17, 17,
  18, 18, 18, 18, 19, 19, 19, 20, 20, 20, 20, 20, 22, 23, 24, 24, 24, 24, 25,
];
const distance = [
  2, 10, 4, 22, 16, 10, 18, 26, 34, 17, 28, 14, 20, 24, 28, 26, 34, 34, 46, 26, 36, 60, 80, 20, 26, 54, 32, 40, 32, 40,
  50, 42, 56, 76, 84, 36, 46, 68, 32, 48, 52, 56, 64, 66, 54, 70, 92, 93, 120, 85,
];

/** NIST StRD, linear regression, Norris: calibration of ozone monitors. */
const ozone = [
  0.2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777, 558.2, 0.4, 0.6, 775.5, 666.9, 338, 447.5, 11.6, 556,
  228.1, 995.8, 887.6, 120.2, 0.3, 0.3, 556.8, 339.1, 887.2, 999, 779, 11.1, 118.3, 229.2, 669.1, 448.9, 0.5,
];
const monitor = [
  0.1, 338.8, 118.1, 888, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, 0.3, 0.1, 778.1, 668.8, 339.3, 448.9, 10.8,
  557.7, 228.3, 998, 888.8, 119.6, 0.3, 0.6, 557.6, 339.3, 888, 998.5, 778.9, 10.2, 117.6, 228.9, 668.4, 449.2, 0.2,
];

const pair = (xs: number[], ys: number[]) => xs.map((value, i) => ({ x: value, y: ys[i] as number }));

describe("fitLine", () => {
  it.each([
    ["first", x, y1],
    ["second", x, y2],
    ["third", x, y3],
    ["fourth", x4, y4],
  ])("gives Anscombe's line y = 3.0 + 0.5 x for his %s set", (_, xs, ys) => {
    const line = fitLine(pair(xs, ys));
    expect(line.slope.value).toBeCloseTo(0.5, 2);
    expect(line.intercept.value).toBeCloseTo(3, 2);
    // He prints the slope's standard error, 0.118; t of 9 degrees of freedom is 2.262.
    expect((line.slope.high - line.slope.low) / 2 / 2.262157).toBeCloseTo(0.118, 3);
  });

  it("gives the intervals that R prints for confint(lm(dist ~ speed, cars))", () => {
    const line = fitLine(pair(speed, distance));
    expect(line.slope.value).toBeCloseTo(3.932409, 6);
    expect(line.slope.low).toBeCloseTo(3.096964, 6);
    expect(line.slope.high).toBeCloseTo(4.767853, 6);
    expect(line.intercept.value).toBeCloseTo(-17.579095, 6);
    expect(line.intercept.low).toBeCloseTo(-31.16785, 5);
    expect(line.intercept.high).toBeCloseTo(-3.99034, 5);
  });

  it("gives the interval that R's predict(..., interval = 'confidence') gives, inside and outside the data", () => {
    const line = fitLine(pair(speed, distance));
    const inside = line.at(19);
    expect(inside.value).toBeCloseTo(57.13667, 5);
    expect(inside.low).toBeCloseTo(51.82913, 5);
    expect(inside.high).toBeCloseTo(62.44421, 5);
    expect(line.at(0)).toEqual(line.intercept);
  });

  it("gives the values that NIST certifies for Norris", () => {
    const line = fitLine(pair(ozone, monitor));
    expect(line.slope.value).toBeCloseTo(1.00211681802045, 11);
    expect(line.intercept.value).toBeCloseTo(-0.262323073774029, 10);
    // Half an interval is the certified standard error times t of 34 degrees of freedom.
    const t = studentQuantile(0.975, 34);
    expect((line.slope.high - line.slope.low) / 2 / t).toBeCloseTo(0.429796848199937e-3, 12);
    expect((line.intercept.high - line.intercept.low) / 2 / t).toBeCloseTo(0.232818234301152, 9);
  });

  it("has no interval through two points or at one x", () => {
    expect(() => fitLine(pair([1, 2], [1, 2]))).toThrow(RangeError);
    expect(() => fitLine(pair([3, 3, 3], [1, 2, 3]))).toThrow(RangeError);
  });
});

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

import { describe, expect, it } from "vitest";
import { choose, permutationTest, smallestP } from "../../harness/stats/permutation.ts";
import { Random } from "../../harness/stats/random.ts";

describe("choose", () => {
  it("counts as Pascal's triangle does", () => {
    expect([0, 1, 2, 3, 4].map((k) => choose(4, k))).toEqual([1, 4, 6, 4, 1]);
    expect(choose(8, 4)).toBe(70);
    expect(choose(24, 12)).toBe(2_704_156);
  });
});

describe("smallestP", () => {
  it("says from how many boots on a verdict is possible", () => {
    expect(smallestP(3, 3)).toBe(0.1);
    expect(smallestP(4, 4)).toBeCloseTo(0.0286, 4);
    expect(smallestP(5, 5)).toBeCloseTo(0.0079, 4);
    expect(smallestP(1, 1)).toBe(1);
  });
});

describe("permutationTest", () => {
  it("reaches the smallest p when two groups do not overlap", () => {
    const result = permutationTest([36.1, 35.2, 37.9, 36.4], [17.6, 18.2, 16.9, 17.1]);
    expect(result).toEqual({ p: 2 / 70, smallestP: 2 / 70, splits: 70, exact: true });
  });

  it("counts splits that can be counted by hand", () => {
    // Of the 6 pairs of {1, 2, 3, 4} only {1, 2} adds up to 3: p = 2 * 1/6. {1, 3} or less: 2 of 6.
    expect(permutationTest([1, 2], [3, 4]).p).toBeCloseTo(2 / 6, 12);
    expect(permutationTest([1, 3], [2, 4]).p).toBeCloseTo(4 / 6, 12);
  });

  it("agrees with a textbook's count", () => {
    // D. M. Lane, HyperStat, "Randomization tests": three of the 70 arrangements are as far apart, two-tailed 6/70.
    expect(permutationTest([11, 14, 7, 8], [2, 9, 0, 5]).p).toBeCloseTo(6 / 70, 12);
    // R. A. Fisher, The Design of Experiments, the lady and the tea: one arrangement of 70, on either side.
    expect(permutationTest([1, 1, 1, 1], [0, 0, 0, 0]).p).toBeCloseTo(2 / 70, 12);
  });

  it("agrees with an independent count over all subsets", () => {
    // The first six of Darwin's crossed and self-fertilised maize plants, inches.
    const crossed = [23.5, 12, 21, 22, 19.125, 21.5];
    const selfed = [17.375, 20.375, 20, 20, 18.375, 18.625];
    let asLow = 0;
    let asHigh = 0;
    const pooled = [...crossed, ...selfed];
    const seen = crossed.reduce((a, b) => a + b);
    for (let bits = 0; bits < 2 ** 12; bits++) {
      const chosen = pooled.filter((_, i) => bits & (1 << i));
      if (chosen.length !== 6) continue;
      const sum = chosen.reduce((a, b) => a + b);
      if (sum <= seen) asLow++;
      if (sum >= seen) asHigh++;
    }
    expect(permutationTest(crossed, selfed).p).toBeCloseTo((2 * Math.min(asLow, asHigh)) / 924, 12);
  });

  it("does not depend on which group is named first, nor on the order inside", () => {
    const a = [5.1, 4.8, 6.2, 5.5];
    const b = [4.9, 4.1, 4.4, 5.0];
    expect(permutationTest(b, a).p).toBe(permutationTest(a, b).p);
    expect(permutationTest(a.toReversed(), b.toReversed()).p).toBe(permutationTest(a, b).p);
  });

  it("gives 1 when all values are the same, whatever the rounding of their sums", () => {
    expect(permutationTest([0.1, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.1]).p).toBe(1);
  });

  it("takes groups of different sizes", () => {
    expect(permutationTest([1, 2, 3], [7, 8, 9, 10, 11]).p).toBeCloseTo(2 / 56, 12);
  });

  it("draws at random, the same each time, where all splits are too many", () => {
    const a = Array.from({ length: 13 }, (_, i) => i);
    const b = a.map((value) => value + 3);
    const once = permutationTest(a, b);
    expect(once.exact).toBe(false);
    expect(permutationTest(a, b)).toEqual(once);
    // Whole numbers can be counted without looking at each split: ways[k][s] choices of k values with the sum s.
    const ways = Array.from({ length: 14 }, () => new Array<number>(400).fill(0));
    (ways[0] as number[])[0] = 1;
    for (const value of [...a, ...b]) {
      for (let k = 13; k >= 1; k--) {
        const [into, from] = [ways[k] as number[], ways[k - 1] as number[]];
        for (let sum = 399; sum >= value; sum--) into[sum] = (into[sum] as number) + (from[sum - value] as number);
      }
    }
    const seen = a.reduce((x, y) => x + y);
    const low = (ways[13] as number[]).slice(0, seen + 1).reduce((x, y) => x + y);
    const exact = (2 * low) / choose(26, 13);
    // Four standard errors of twice a share out of 199,999.
    expect(Math.abs(once.p - exact)).toBeLessThan(8 * Math.sqrt(((exact / 2) * (1 - exact / 2)) / 199_999));
  });

  it("refuses an empty group", () => {
    expect(() => permutationTest([], [1])).toThrow(RangeError);
  });

  it("sees no difference where boots that took turns as ABBA only drift with time", () => {
    const random = new Random([5, 6, 7, 8]);
    let rejected = 0;
    for (let i = 0; i < 1000; i++) {
      const times = Array.from({ length: 8 }, (_, slot) => 20 + 0.5 * slot + random.next() / 2 ** 32);
      const arm = (slots: number[]): number[] => slots.map((slot) => times[slot] as number);
      if (permutationTest(arm([0, 3, 4, 7]), arm([1, 2, 5, 6])).p <= 0.05) rejected++;
    }
    expect(rejected).toBe(0);
  });

  it("rejects a true null hypothesis no more often than it says", () => {
    const random = new Random([1, 2, 3, 4]);
    const draw = (): number => -Math.log((random.next() + 1) / 2 ** 32);
    const trials = 4000;
    let rejected = 0;
    for (let i = 0; i < trials; i++) {
      const group = (): number[] => Array.from({ length: 5 }, draw);
      if (permutationTest(group(), group()).p <= 0.05) rejected++;
    }
    // Twelve of the 252 splits of five and five fit into 0.05: 4.8 %. Three standard errors are 1.0 points.
    expect(rejected / trials).toBeGreaterThan(0.0376);
    expect(rejected / trials).toBeLessThan(0.0577);
  });
});

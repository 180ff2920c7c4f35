import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import { describe, expect, it } from "vitest";
import { median } from "../../harness/stats/median.ts";
import { normal, Random } from "../../harness/stats/random.ts";
import { ratioInterval } from "../../harness/stats/ratio-interval.ts";

describe("ratioInterval", () => {
  it("spans the boots furthest apart when there are four against four", () => {
    // Percentile 0.24 % on either side; that both medians are at their extreme ends has probability 0.26 %.
    const interval = ratioInterval([36, 35, 38, 37], [18, 17, 19, 18.5]);
    expect(interval?.low).toBeCloseTo(35 / 19, 12);
    expect(interval?.high).toBeCloseTo(38 / 17, 12);
  });

  it("has its ends among the medians of all 65,536 draws of four and four", () => {
    const [base, arm] = [
      [36, 35, 38, 37.3],
      [18, 17, 19.1, 18.5],
    ];
    const draws = (values: number[]): number[] =>
      Array.from({ length: 256 }, (_, code) =>
        median([0, 1, 2, 3].map((place) => values[(code >> (2 * place)) & 3] as number)),
      );
    const ratios = draws(base)
      .flatMap((a) => draws(arm).map((b) => a / b))
      .sort((a, b) => a - b);
    // Hesterberg's expanded percentile: sqrt(4 / 3) times t of 6 degrees of freedom, 2.446912, is 2.825451 deviations.
    const tail = normalCdf(-2.825451, 0, 1);
    const interval = ratioInterval(base, arm);
    expect(interval?.low).toBe(ratios[Math.ceil(tail * 65_536) - 1]);
    expect(interval?.high).toBe(ratios[Math.ceil((1 - tail) * 65_536) - 1]);
  });

  it("is narrower with more boots of the same spread", () => {
    const base = [36, 35, 38, 37];
    const arm = [18, 17, 19, 18.5];
    const width = (times: number): number => {
      const more = (values: number[]) => Array.from({ length: times }, () => values).flat();
      const interval = ratioInterval(more(base), more(arm)) as { low: number; high: number };
      return interval.high - interval.low;
    };
    expect(width(3)).toBeLessThan(width(1));
  });

  it("is the inverse when the arms change places", () => {
    const a = [9.4, 8.1, 8.8, 12.6, 9.9];
    const b = [3.1, 3.3, 2.9, 3.0, 3.4];
    const there = ratioInterval(a, b) as { low: number; high: number };
    const back = ratioInterval(b, a) as { low: number; high: number };
    expect(back.low).toBeCloseTo(1 / there.high, 12);
    expect(back.high).toBeCloseTo(1 / there.low, 12);
  });

  it("is a point when boots do not differ", () => {
    expect(ratioInterval([4, 4, 4, 4], [2, 2, 2, 2])).toEqual({ low: 2, high: 2 });
  });

  it("does not exist for three boots against three: nothing of 95 % can", () => {
    expect(ratioInterval([1, 2, 3], [4, 5, 6])).toBeNull();
    expect(ratioInterval([1], [2])).toBeNull();
  });

  // Boots are off by one size, rounds inside a boot by another (logarithmic); the true ratio is 2.
  it.each([
    { boots: 4, betweenBoots: 0.25, betweenRounds: 0.05 },
    { boots: 4, betweenBoots: 0.05, betweenRounds: 0.1 },
    { boots: 6, betweenBoots: 0.1, betweenRounds: 0.05 },
    { boots: 10, betweenBoots: 0.1, betweenRounds: 0.05 },
  ])("catches the true ratio at least 95 times in 100: %o", ({ boots, betweenBoots, betweenRounds }) => {
    const random = new Random([21, 22, 23, 24]);
    const bootMedian = (truth: number): number => {
      const drift = betweenBoots * normal(random);
      const rounds = [0, 1, 2].map(() => truth * Math.exp(drift + betweenRounds * normal(random)));
      return rounds.sort((a, b) => a - b)[1] as number;
    };
    const trials = 1000;
    let caught = 0;
    for (let i = 0; i < trials; i++) {
      const arm = (truth: number): number[] => Array.from({ length: boots }, () => bootMedian(truth));
      const { low, high } = ratioInterval(arm(20), arm(10)) as { low: number; high: number };
      if (low <= 2 && 2 <= high) caught++;
    }
    expect(caught / trials).toBeGreaterThanOrEqual(0.95);
  });
});

import { describe, expect, it } from "vitest";
import { bootstrapMedian } from "../../harness/stats/bootstrap-median.ts";
import { median } from "../../harness/stats/median.ts";
import { Random } from "../../harness/stats/random.ts";

/** Every one of the n^n equally likely draws, looked at. */
function byEnumeration(values: number[]): Map<number, number> {
  const n = values.length;
  const shares = new Map<number, number>();
  for (let code = 0; code < n ** n; code++) {
    const draw = values.map((_, place) => values[Math.floor(code / n ** place) % n] as number);
    shares.set(median(draw), (shares.get(median(draw)) ?? 0) + 1 / n ** n);
  }
  return shares;
}

describe("bootstrapMedian", () => {
  // Powers of two and thirds: no two pairs have the same mean, so that outcomes can be told apart.
  it.each([[[7]], [[1, 2]], [[1, 2, 4]], [[1, 2, 4, 8]], [[8, 1, 16, 2, 4]], [[1, 2, 4, 8, 16, 32]]])(
    "gives the distribution over all draws from %j",
    (values) => {
      const expected = byEnumeration(values);
      const outcomes = bootstrapMedian(values);
      expect(outcomes.filter((o) => o.probability > 1e-12)).toHaveLength(expected.size);
      for (const { value, probability } of outcomes) expect(probability).toBeCloseTo(expected.get(value) ?? 0, 12);
    },
  );

  it("has the standard error that B. Efron and R. J. Tibshirani print for infinitely many draws", () => {
    // An Introduction to the Bootstrap, 1993, tables 2.1 and 2.2: survival of seven treated mice, days; 37.83.
    const outcomes = bootstrapMedian([94, 197, 16, 38, 99, 141, 23]);
    const mean = outcomes.reduce((sum, { value, probability }) => sum + value * probability, 0);
    const variance = outcomes.reduce((sum, { value, probability }) => sum + (value - mean) ** 2 * probability, 0);
    expect(Math.sqrt(variance)).toBeCloseTo(37.83, 2);
  });

  it("agrees with drawing thirteen values at random, where there are too many draws to look at", () => {
    const values = Array.from({ length: 13 }, (_, i) => i);
    const random = new Random([31, 32, 33, 34]);
    const draws = 40_000;
    const counts = values.map(() => 0);
    for (let draw = 0; draw < draws; draw++) {
      const middle = median(values.map(() => random.below(13)));
      counts[middle] = (counts[middle] as number) + 1;
    }
    for (const { value, probability } of bootstrapMedian(values)) {
      const error = Math.sqrt((probability * (1 - probability)) / draws);
      expect(Math.abs((counts[value] as number) / draws - probability)).toBeLessThan(4 * error + 1e-4);
    }
  });

  it("comes in ascending order and adds up to one", () => {
    const outcomes = bootstrapMedian([9.4, 8.1, 8.8, 12.6, 9.9, 8.3, 9.1, 10.2]);
    expect(outcomes.map((o) => o.value)).toEqual(outcomes.map((o) => o.value).sort((a, b) => a - b));
    expect(outcomes.reduce((sum, o) => sum + o.probability, 0)).toBeCloseTo(1, 12);
  });

  it("has no answer without values", () => {
    expect(() => bootstrapMedian([])).toThrow(RangeError);
  });
});

import { describe, expect, it } from "vitest";
import { permutationTest } from "../../harness/stats/permutation.ts";
import { normal, Random } from "../../harness/stats/random.ts";
import { ratioInterval } from "../../harness/stats/ratio-interval.ts";
import { shownFrom } from "../../harness/stats/shown-from.ts";
import { type Verdict, verdictOf } from "../../harness/stats/verdict.ts";

/** What a report would say. */
function verdict(base: number[], arm: number[], alpha: number): Verdict {
  return verdictOf(permutationTest(base, arm).p, ratioInterval(base, arm), { alpha, matters: 0 });
}

const random = new Random([71, 72, 73, 74]);
const group = (boots: number, spread: number): number[] =>
  Array.from({ length: boots }, () => Math.exp(spread * normal(random)));

describe("shownFrom", () => {
  it("is where groups of four stop to overlap", () => {
    const [base, arm] = [
      [10, 11, 10.5, 10.2],
      [10.1, 10.3, 10.8, 9.9],
    ];
    expect(shownFrom(base, arm, 0.05, random)).toBeCloseTo(10.8 / 10, 12);
  });

  it.each([
    [4, 0.05],
    [5, 0.05],
    [5, 0.01],
    [6, 0.05],
    [6, 0.01],
  ])("is the factor at which the verdict turns, %i boots, level %f", (boots, alpha) => {
    for (let i = 0; i < 50; i++) {
      const [base, arm] = [group(boots, 0.1), group(boots, 0.3)];
      const factor = shownFrom(base, arm, alpha, random);
      const times = (by: number): number[] => base.map((value) => value * by);
      expect(verdict(times(factor * 1.000001), arm, alpha)).toBe("faster");
      expect(verdict(times(factor * 0.999999), arm, alpha)).not.toBe("faster");
    }
  });

  it("is close to it where splits are drawn at random", () => {
    let off = 0;
    const groups = 40;
    for (let i = 0; i < groups; i++) {
      const [base, arm] = [group(8, 0.1), group(8, 0.1)];
      const factor = shownFrom(base, arm, 0.05, random);
      const p = (by: number): Verdict =>
        verdict(
          base.map((value) => value * factor * by),
          arm,
          0.05,
        );
      if (p(1.03) !== "faster" || p(0.97) === "faster") off++;
    }
    expect(off).toBeLessThanOrEqual(groups / 10);
  });

  it("is out of reach for three boots, and for four at a level of 0.01", () => {
    expect(shownFrom([1, 2, 3], [1, 2, 3], 0.05, random)).toBe(Number.POSITIVE_INFINITY);
    expect(shownFrom([1, 2, 3, 4], [1, 2, 3, 4], 0.01, random)).toBe(Number.POSITIVE_INFINITY);
  });
});

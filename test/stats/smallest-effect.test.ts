import studentQuantile from "@stdlib/stats-base-dists-t-quantile";
import { describe, expect, it } from "vitest";
import { fewestBoots, smallestEffect } from "../../harness/stats/smallest-effect.ts";

const even = (boots: number, spread: number) => smallestEffect({ boots, baseSpread: spread, armSpread: spread });

describe("smallestEffect", () => {
  it("falls with the number of boots and rises with their spread", () => {
    const byBoots = [4, 6, 8, 12].map((boots) => even(boots, 0.1) as number);
    expect(byBoots).toEqual(byBoots.toSorted((a, b) => b - a));
    const bySpread = [0.02, 0.05, 0.1, 0.2].map((spread) => even(4, spread) as number);
    expect(bySpread).toEqual(bySpread.toSorted((a, b) => a - b));
    expect(even(4, 0)).toBe(1);
  });

  it("is the same each time", () => {
    expect(even(5, 0.07)).toBe(even(5, 0.07));
  });

  it("is null where so few boots can show nothing, at any level", () => {
    expect(even(3, 0.1)).toBeNull();
    expect(smallestEffect({ boots: 4, baseSpread: 0.1, armSpread: 0.1 }, 0.01)).toBeNull();
    expect(smallestEffect({ boots: 5, baseSpread: 0.1, armSpread: 0.1 }, 0.01)).toBeGreaterThan(1);
    expect([fewestBoots(), fewestBoots(0.01), fewestBoots(0.1)]).toEqual([4, 5, 4]);
  });

  // J. H. Zar, Biostatistical Analysis, on the minimum detectable difference of two means:
  // sqrt(2 s² / n) (t(alpha) + t(beta)), here of logarithms. The verdict wants the medians' interval too, so it needs more.
  it.each([4, 6, 10])("is somewhat above what the t test alone would show with %i boots", (boots) => {
    const degrees = 2 * boots - 2;
    const t = studentQuantile(0.975, degrees) + studentQuantile(0.8, degrees);
    const byFormula = Math.sqrt(2 / boots) * 0.05 * t;
    const bySimulation = Math.log(even(boots, 0.05) as number);
    expect(bySimulation / byFormula).toBeGreaterThan(1);
    expect(bySimulation / byFormula).toBeLessThan(1.4);
  });
});

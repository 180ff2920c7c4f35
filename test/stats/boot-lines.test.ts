import { describe, expect, it } from "vitest";
import { fitBoots, fitLine } from "../../harness/stats/line.ts";
import { normal, Random } from "../../harness/stats/random.ts";

describe("fitBoots", () => {
  const boot = (slope: number, intercept: number, sizes = [2, 4, 8]) =>
    sizes.map((x) => ({ x, y: intercept + slope * x }));

  it("takes the mean and spread of the boots' own lines", () => {
    const line = fitBoots([boot(4, 1), boot(5, 1), boot(6, 1)]);
    expect(line?.method).toBe("line per boot");
    expect(line?.intercept.value).toBeCloseTo(1, 12);
    expect(line?.intercept.high).toBeCloseTo(1, 12);
    expect(line?.slope.value).toBeCloseTo(5, 12);
    // Standard deviation 1, three boots, t of 2 degrees of freedom 4.302653: 5 ± 2.484.
    expect(line?.slope.low).toBeCloseTo(5 - 4.302653 / Math.sqrt(3), 5);
    expect(line?.at(64).value).toBeCloseTo(321, 9);
  });

  it("has the least squares line through all points in the middle", () => {
    const boots = [
      [
        { x: 1, y: 5 },
        { x: 2, y: 9 },
        { x: 4, y: 22 },
      ],
      [
        { x: 1, y: 6 },
        { x: 2, y: 10 },
        { x: 4, y: 18 },
      ],
    ];
    const all = fitLine(boots.flat());
    const line = fitBoots(boots);
    expect(line?.slope.value).toBeCloseTo(all.slope.value, 12);
    expect(line?.intercept.value).toBeCloseTo(all.intercept.value, 12);
  });

  it("takes boots of one size each as points", () => {
    const line = fitBoots([[{ x: 1, y: 3 }], [{ x: 2, y: 5 }], [{ x: 4, y: 9.3 }]]);
    expect(line?.method).toBe("boots as points");
  });

  it("says nothing where no interval can be had", () => {
    expect(fitBoots([])).toBeNull();
    expect(fitBoots([boot(4, 1)])).toBeNull();
    expect(fitBoots([boot(4, 1, [8]), boot(5, 1, [8]), boot(6, 1, [8])])).toBeNull();
    expect(fitBoots([boot(4, 1), boot(4, 1, [8])])).toBeNull();
  });

  it("holds the true value at 64 in 95 % of runs when boots drift by 20 %", () => {
    const random = new Random([11, 12, 13, 14]);
    const trials = 2000;
    let caught = 0;
    for (let i = 0; i < trials; i++) {
      const boots = Array.from({ length: 4 }, () => {
        const drift = 1 + 0.2 * normal(random);
        return [2, 4, 8].map((x) => ({ x, y: (1 + 4.5 * x) * drift }));
      });
      const { low, high } = (fitBoots(boots) as NonNullable<ReturnType<typeof fitBoots>>).at(64);
      if (low <= 289 && 289 <= high) caught++;
    }
    // Three standard errors of a share of 2,000 are 1.5 points.
    expect(caught / trials).toBeGreaterThan(0.935);
    expect(caught / trials).toBeLessThan(0.965);
  });
});

import { describe, expect, it } from "vitest";
import { bootstrapMedian, expandedTail, quantile } from "../../harness/stats/bootstrap-median.ts";
import { normal, Random } from "../../harness/stats/random.ts";
import { type RemovableShare, removableShare } from "../../harness/stats/removable-share.ts";

const base = [36, 35, 38, 37];
const limit = [1.0, 1.1, 0.9, 1.2];

describe("the share of the removable time that is gone", () => {
  it("is all of it for an arm like limit, none for one like base, half in the middle", () => {
    expect(removableShare(base, limit, limit)?.share).toBe(1);
    expect(removableShare(base, base, limit)?.share).toBe(0);
    expect(removableShare([30, 30, 30, 30], [20, 20, 20, 20], [10, 10, 10, 10])).toEqual({
      share: 0.5,
      low: 0.5,
      high: 0.5,
    });
  });

  it("may be more than all, and less than nothing", () => {
    expect(removableShare(base, [0.5, 0.5, 0.5, 0.5], limit)?.share).toBeGreaterThan(1);
    expect(removableShare(base, [40, 41, 40, 41], limit)?.share).toBeLessThan(0);
  });

  it("spans the boots furthest apart when there are four in each arm", () => {
    const { low, high } = removableShare(base, [2, 3, 4, 5], limit) as RemovableShare;
    // The share falls with arm, and rises with base and with limit as long as it is below one.
    expect(low).toBeGreaterThanOrEqual((35 - 5) / (35 - 0.9));
    expect(low).toBeLessThan((35 - 4) / (35 - 0.9));
    expect(high).toBeLessThanOrEqual((38 - 2) / (38 - 1.2));
    expect(high).toBeGreaterThan((38 - 3) / (38 - 1.2));
  });

  it("does not let what base varies by count twice: an arm that takes nearly all keeps a narrow interval", () => {
    const { low, high } = removableShare([30, 60, 40, 50], limit, limit) as RemovableShare;
    expect(low).toBeGreaterThan(0.98);
    expect(high).toBeLessThan(1.02);
  });

  it("is not told when limit is not clearly below base", () => {
    expect(removableShare(base, base, base)).toBeNull();
    expect(removableShare([10, 11, 12, 13], [9, 9, 9, 9], [9, 9.5, 8, 10.5])).toBeNull();
    expect(removableShare([9, 9.5, 8, 8.5], [9, 9, 9, 9], base)).toBeNull();
  });

  it("is not told with three boots against three, whatever their times", () => {
    expect(removableShare([30, 31, 32], [2, 3, 4], [1, 1, 1])).toBeNull();
    expect(removableShare(base, [2, 3, 4, 5], [1, 1])).toBeNull();
  });

  it("takes a draw that has no share into both ends when boots overlap a little", () => {
    // One boot of ten was slow in limit: medians of draws nearly never meet, but may.
    const ten = [10, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 10.7, 10.8, 10.9];
    const slow = [5, 5.1, 5.2, 5.3, 5.4, 5.5, 5.6, 5.7, 5.8, 12];
    const found = removableShare(ten, slow, slow) as RemovableShare;
    expect(found.share).toBe(1);
    expect(Number.isFinite(found.low)).toBe(true);
    expect(Number.isFinite(found.high)).toBe(true);
  });

  // 8 boots have 46,656 combinations of medians, which are all looked at; 16 have 2,515,456, of which a part is drawn.
  it.each([8, 16])("is what the medians of base make it when nothing else varies: %i boots", (boots) => {
    const many = Array.from({ length: boots }, (_, i) => 30 + 0.3 * ((i * 5) % boots));
    const constant = (value: number) => many.map(() => value);
    const found = removableShare(many, constant(6), constant(2)) as RemovableShare;
    const tail = expandedTail(boots, boots, boots);
    const at = (p: number) => {
      const baseSeconds = quantile(bootstrapMedian(many), p);
      return (baseSeconds - 6) / (baseSeconds - 2);
    };
    expect(found.low).toBeCloseTo(at(tail), 3);
    expect(found.high).toBeCloseTo(at(1 - tail), 3);
    expect(removableShare(many, constant(6), constant(2))).toEqual(found);
  });

  // Boots are off by so much (logarithmic) in every arm; the true share is (20 - 4) / (20 - 2).
  it.each([
    { boots: 4, betweenBoots: 0.1 },
    { boots: 4, betweenBoots: 0.25 },
    { boots: 6, betweenBoots: 0.1 },
    { boots: 9, betweenBoots: 0.1 },
  ])("catches the true share at least 95 times in 100: %o", ({ boots, betweenBoots }) => {
    const random = new Random([51, 52, 53, 54]);
    const arm = (truth: number) => Array.from({ length: boots }, () => truth * Math.exp(betweenBoots * normal(random)));
    const trials = 400;
    let caught = 0;
    for (let i = 0; i < trials; i++) {
      const { low, high } = removableShare(arm(20), arm(4), arm(2)) as RemovableShare;
      if (low <= 16 / 18 && 16 / 18 <= high) caught++;
    }
    expect(caught / trials).toBeGreaterThanOrEqual(0.95);
  });
});

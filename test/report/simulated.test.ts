import { describe, expect, it } from "vitest";
import { effectsOf } from "../../harness/analysis/effects.ts";
import type { Effect } from "../../harness/analysis/figures.ts";
import { Random } from "../../harness/stats/random.ts";
import { POWER, RUNS, smallestEffect } from "../../harness/stats/smallest-effect.ts";
import { simulatedCells, type Truth } from "./simulated-cells.ts";

/** The effects of so many runs of known truth, by what computes them for a real one. */
function effects(truth: Truth, runs: number, alpha: number, seed: number): Effect[] {
  const random = new Random([81, 82, 83, seed]);
  const cells = simulatedCells(truth);
  return Array.from({ length: runs }, () => effectsOf(cells(random), { alpha, matters: 0 })[0] as Effect);
}

const share = (all: Effect[], holds: (effect: Effect) => boolean): number => all.filter(holds).length / all.length;
const isDifference = ({ verdict }: Effect): boolean => verdict === "faster" || verdict === "slower";

describe("a thousand A/A runs", () => {
  const same = { rounds: 3, ratio: 1, betweenBoots: 0.1, betweenRounds: 0.05 };

  // Six boots an arm: of 924 splits 8 fit into a level of 0.01, 46 into 0.05.
  it.each([
    { boots: 6, betweenBoots: 0.1, betweenRounds: 0.05 },
    { boots: 6, betweenBoots: 0, betweenRounds: 0.3 },
    { boots: 8, betweenBoots: 0.4, betweenRounds: 0.05 },
  ])("call a difference in at most 1.5 % at a level of 0.01, and not never: %o", (noise) => {
    const all = effects({ ...same, ...noise }, 1_000, 0.01, 1);
    expect(share(all, isDifference)).toBeLessThanOrEqual(0.015);
    expect(share(all, isDifference)).toBeGreaterThan(0);
  });

  it("have p at most 0.05 in 46 of 924, as often as it says", () => {
    const all = effects({ ...same, boots: 6 }, 1_000, 0.05, 2);
    const level = 46 / 924;
    // Three standard errors of a share of a thousand: 2.1 points.
    const error = Math.sqrt((level * (1 - level)) / 1_000);
    expect(Math.abs(share(all, ({ p }) => (p as number) <= 0.05) - level)).toBeLessThan(3 * error);
    expect(share(all, isDifference)).toBeLessThanOrEqual(0.05 + 3 * error);
  });

  it("have a true ratio of 1 in their interval in 95 % or more", () => {
    const all = effects({ ...same, boots: 5 }, 1_000, 0.05, 3);
    expect(share(all, ({ low, high }) => (low as number) <= 1 && 1 <= (high as number))).toBeGreaterThanOrEqual(0.95);
  });

  it("show nothing with four boots at a level that four cannot reach", () => {
    const all = effects({ ...same, boots: 4 }, 10, 0.01, 4);
    expect(all.every(({ p, verdict }) => p === null && verdict === "too few boots")).toBe(true);
  });
});

describe("the planned number of boots", () => {
  it.each([
    { boots: 4, spread: 0.1, alpha: 0.05 },
    { boots: 5, spread: 0.03, alpha: 0.05 },
    { boots: 6, spread: 0.2, alpha: 0.05 },
    { boots: 8, spread: 0.1, alpha: 0.05 },
    { boots: 6, spread: 0.1, alpha: 0.01 },
  ])("finds the planned effect in 80 % of runs: %o", ({ boots, spread, alpha }) => {
    const ratio = smallestEffect({ boots, baseSpread: spread, armSpread: spread }, alpha) as number;
    const truth = { boots, rounds: 1, ratio, betweenBoots: spread, betweenRounds: 0 };
    const found = share(effects(truth, RUNS, alpha, 5), ({ verdict }) => verdict === "faster");
    // The plan is itself made of as many simulated runs; three standard errors of the difference of two such shares.
    const error = Math.sqrt((2 * POWER * (1 - POWER)) / RUNS);
    expect(Math.abs(found - POWER)).toBeLessThan(3 * error);
  });
});

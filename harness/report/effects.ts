import { permutationTest } from "../stats/permutation.ts";
import { ratioInterval } from "../stats/ratio-interval.ts";
import { ALPHA, verdictOf } from "../stats/verdict.ts";
import type { Cell, Effect } from "./summary.ts";

/** Each arm against base, where both were measured in the same configuration. */
export function effectsOf(cells: readonly Cell[]): Effect[] {
  return cells
    .filter((cell) => cell.arm !== "base")
    .flatMap((cell) => {
      const base = cells.find((other) => other.arm === "base" && sameConfiguration(other, cell));
      return base === undefined ? [] : [effectOf(base, cell)];
    });
}

/** One cell against another of the same configuration; `base` is what the ratio is relative to. */
export function effectOf(base: Cell, arm: Cell): Effect {
  const [a, b] = [base, arm].map((cell) => cell.boots.map((boot) => boot.median)) as [number[], number[]];
  const test = permutationTest(a, b);
  const interval = ratioInterval(a, b);
  const p = test.smallestP <= ALPHA ? test.p : null;
  return {
    scenario: arm.scenario,
    thp: arm.thp,
    memoryBytes: arm.memoryBytes,
    armName: arm.arm,
    base: base.median,
    arm: arm.median,
    ratio: base.median / arm.median,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    boots: Math.min(a.length, b.length),
    p,
    smallestP: test.smallestP,
    verdict: verdictOf(p, interval),
    hitRate: arm.cost.hitRate,
  };
}

/** Whether two cells differ in their arm only. */
export function sameConfiguration(a: Cell, b: Cell): boolean {
  return a.scenario === b.scenario && a.thp === b.thp && a.memoryBytes === b.memoryBytes;
}

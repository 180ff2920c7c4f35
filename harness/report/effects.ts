import { permutationTest } from "../stats/permutation.ts";
import { ratioInterval } from "../stats/ratio-interval.ts";
import { ALPHA, noiseFloorOf, verdictAbove, verdictOf } from "../stats/verdict.ts";
import type { Cell, Configuration, Effect } from "./summary.ts";

/** The arm that is base once more. */
const AGAIN = "base-again";

/**
 * Each arm against base, where both were measured in the same configuration; beside an A/A arm with its noise floor.
 * @param alpha level of the test
 */
export function effectsOf(cells: readonly Cell[], alpha = ALPHA): Effect[] {
  const effects = cells
    .filter((cell) => cell.arm !== "base")
    .flatMap((cell) => {
      const base = cells.find((other) => other.arm === "base" && sameConfiguration(other, cell));
      return base === undefined ? [] : [effectOf(base, cell, alpha)];
    });
  const again = effects.filter(isAgain);
  return effects.map((effect) =>
    beside(
      effect,
      again.find((other) => sameConfiguration(other, effect)),
    ),
  );
}

/** One cell against another of the same configuration; `base` is what the ratio is relative to. */
export function effectOf(base: Cell, arm: Cell, alpha = ALPHA): Effect {
  const [a, b] = [base, arm].map((cell) => cell.boots.map((boot) => boot.median)) as [number[], number[]];
  const test = permutationTest(a, b);
  const interval = ratioInterval(a, b);
  const p = test.smallestP <= alpha ? test.p : null;
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
    verdict: verdictOf(p, interval, alpha),
    noiseFloor: null,
    hitRate: arm.cost.hitRate,
    cpuRatio: base.cost.cpu && arm.cost.cpu && arm.cost.cpu.hostSeconds / base.cost.cpu.hostSeconds,
    refillSeconds: arm.cost.refillSeconds?.median ?? null,
  };
}

/** Whether the effect is that of a kernel against itself. */
export function isAgain(effect: Pick<Effect, "armName">): boolean {
  return effect.armName === AGAIN;
}

/** The effect in the light of the A/A effect of its configuration, if there is one with an interval. */
function beside(effect: Effect, again: Effect | undefined): Effect {
  if (again === undefined || again.low === null || again.high === null) return effect;
  const noiseFloor = noiseFloorOf({ low: again.low, high: again.high });
  const verdict = isAgain(effect) ? effect.verdict : verdictAbove(noiseFloor, effect.ratio, effect.verdict);
  return { ...effect, noiseFloor, verdict };
}

/** Whether two cells differ in their arm only. */
export function sameConfiguration(a: Configuration, b: Configuration): boolean {
  return a.scenario === b.scenario && a.thp === b.thp && a.memoryBytes === b.memoryBytes;
}

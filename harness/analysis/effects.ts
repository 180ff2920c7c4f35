import { type ArmKind, type ArmName, armParts, onSameKernel } from "../run/arm-name.ts";
import type { RunRecord } from "../run/record.ts";
import { permutationTest } from "../stats/permutation.ts";
import { ratioInterval } from "../stats/ratio-interval.ts";
import { removableShare } from "../stats/removable-share.ts";
import { ALPHA, type Level, noiseFloorOf, verdictAbove, verdictOf } from "../stats/verdict.ts";
import type { Cell, Configuration, Effect, Removable } from "./figures.ts";

/**
 * Each arm against the base of its kernel, where both were measured in the same configuration; beside an A/A arm with its
 * noise floor.
 */
export function effectsOf(cells: readonly Cell[], level: Level): Effect[] {
  const effects = cells
    .filter((cell) => !isBase(cell.arm))
    .flatMap((cell) => {
      const base = besideOf(cells, cell, "base");
      return base === undefined ? [] : [effectOf(base, cell, level)];
    });
  return effects.map((effect) => {
    const name = onSameKernel(effect.armName, "base-again");
    return beside(
      effect,
      effects.find((other) => other.armName === name && sameConfiguration(other, effect)),
    );
  });
}

/** One cell against another of the same configuration; `base` is what the ratio is relative to. */
export function effectOf(base: Cell, arm: Cell, level: Level): Effect {
  const [a, b] = [bootMedians(base), bootMedians(arm)];
  const test = permutationTest(a, b);
  const interval = ratioInterval(a, b);
  const p = test.smallestP <= (level.alpha ?? ALPHA) ? test.p : null;
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
    verdict: verdictOf(p, interval, level),
    noiseFloor: null,
    hitRate: arm.cost.hitRate,
    cpuRatio: base.cost.cpu && arm.cost.cpu && arm.cost.cpu.hostSeconds / base.cost.cpu.hostSeconds,
    refillSeconds: arm.cost.refillSeconds?.median ?? null,
  };
}

/** Whether the effect is that of a kernel against itself. */
export function isAgain(effect: Pick<Effect, "armName">): boolean {
  return armParts(effect.armName).kind === "base-again";
}

/** Whether effects are relative to the arm. */
export function isBase(arm: ArmName): boolean {
  return armParts(arm).kind === "base";
}

/** The cell of another kind of arm on the same kernel and in the same configuration. */
export function besideOf(cells: readonly Cell[], cell: Cell, kind: ArmKind): Cell | undefined {
  const name = onSameKernel(cell.arm, kind);
  return cells.find((other) => other.arm === name && sameConfiguration(other, cell));
}

/** The effect in the light of the A/A effect of its configuration, if there is one with an interval. */
function beside(effect: Effect, again: Effect | undefined): Effect {
  if (again === undefined || again.low === null || again.high === null) return effect;
  const noiseFloor = noiseFloorOf({ low: again.low, high: again.high });
  const verdict = isAgain(effect) ? effect.verdict : verdictAbove(noiseFloor, effect.ratio, effect.verdict);
  return { ...effect, noiseFloor, verdict };
}

export function bootMedians({ boots }: Cell): number[] {
  return boots.map((boot) => boot.median);
}

/** Whether two cells differ in their arm only. */
export function sameConfiguration(a: Configuration, b: Configuration): boolean {
  return a.scenario === b.scenario && a.thp === b.thp && a.memoryBytes === b.memoryBytes;
}

/**
 * The effect that stands for a run in one line: the series as it is before other arms, THP on, which is what
 * distributions ship, before other settings; of several kernels the first. Chosen by name, never by how it came out.
 * Undefined without an effect at the headline's size.
 */
export function headlineOf({ settings }: RunRecord, effects: readonly Effect[]): Effect | undefined {
  const rank = ({ armName, thp }: Effect): number => {
    const { kind, knobs } = armParts(armName);
    const order = ["prezero", "init-on-free", "prealloc", "hugetlb", "prezero-disabled", "limit", "base-again"];
    return order.indexOf(kind) * 4 + (knobs.length > 0 ? 2 : 0) + (thp === "on" ? 0 : 1);
  };
  return effects
    .filter((effect) => effect.memoryBytes === settings.memoryBytes)
    .toSorted((a, b) => rank(a) - rank(b))[0];
}

/** For each arm that was measured beside base and limit: how much of what clearing costs it takes away. */
export function removableOf(cells: readonly Cell[]): Removable[] {
  return cells
    .filter((cell) => !["base", "limit"].includes(armParts(cell.arm).kind))
    .flatMap((cell) => {
      const [base, limit] = (["base", "limit"] as const).map((kind) => besideOf(cells, cell, kind));
      return base === undefined || limit === undefined ? [] : [removable(base, cell, limit)];
    });
}

function removable(base: Cell, arm: Cell, limit: Cell): Removable {
  return {
    scenario: arm.scenario,
    thp: arm.thp,
    memoryBytes: arm.memoryBytes,
    armName: arm.arm,
    base: base.median,
    arm: arm.median,
    limit: limit.median,
    share: removableShare(bootMedians(base), bootMedians(arm), bootMedians(limit)),
  };
}

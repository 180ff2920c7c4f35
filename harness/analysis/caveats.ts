import type { ArmName } from "../run/arm-name.ts";
import type { RunRecord } from "../run/record.ts";
import type { Sample } from "../run/sample.ts";
import { ALPHA, isDifference } from "../stats/verdict.ts";
import { isAgain } from "./effects.ts";
import type { Cell, Effect, Setting } from "./figures.ts";

/** Something that a reader must know before believing the figures. */
export type Caveat =
  | { kind: "emulated"; counted: boolean; cpuModel: string }
  /** All CPUs of the host share one thread, and what was measured keeps several busy. */
  | { kind: "one-thread" }
  | { kind: "incomplete"; finished: number; planned: number; state: RunRecord["state"]; failure: string | null }
  /** Samples of boots that did not finish. */
  | { kind: "left-out"; samples: number }
  /** The last line of samples.jsonl was cut off. */
  | { kind: "torn-line" }
  /** The same kernel came out different from itself. */
  | { kind: "suspect"; effects: Effect[]; compared: number }
  /** Comparisons that no times could have given a verdict; the smallest p that they can have. */
  | { kind: "too-few-boots"; effects: number; compared: number; smallestP: number }
  /** Rounds that ended at the limit of their program, with work left. */
  | { kind: "lower-bounds"; limitSeconds: number; arms: { arm: ArmName; ended: number; rounds: number }[] }
  | { kind: "low-pool"; rounds: number; below: number; threshold: number }
  | { kind: "no-commit" }
  | { kind: "dirty-commit" };

export type Evidence = {
  run: RunRecord;
  setting: Setting | null;
  /** Samples that the figures do not use: their boot did not finish. */
  leftOut: number;
  /** The last line of samples.jsonl was cut off. */
  tornLine: boolean;
  samples: readonly Sample[];
  cells: readonly Cell[];
  effects: readonly Effect[];
};

/** What a reader must know before believing the figures, most important first. */
export function caveatsOf(evidence: Evidence): Caveat[] {
  return [
    ...emulation(evidence),
    ...completeness(evidence),
    ...instrument(evidence.effects),
    ...replication(evidence),
    ...limit(evidence),
    ...pool(evidence),
    ...provenance(evidence.run),
  ];
}

function emulation({ run, setting }: Evidence): Caveat[] {
  if (setting?.accelerator !== "tcg") return [];
  const { arms, conditions, measure } = run.settings;
  const isParallel =
    arms.includes("prealloc") || conditions.vms > 1 || conditions.during !== null || measure?.parallel === true;
  return [
    { kind: "emulated", counted: setting.clock === "instructions", cpuModel: setting.cpuModel },
    ...(isParallel ? [{ kind: "one-thread" } as const] : []),
  ];
}

function instrument(effects: readonly Effect[]): Caveat[] {
  const again = effects.filter(isAgain);
  const differ = again.filter(({ verdict }) => isDifference(verdict));
  return differ.length === 0 ? [] : [{ kind: "suspect", effects: differ, compared: again.length }];
}

function completeness({ run, leftOut, tornLine }: Evidence): Caveat[] {
  const planned = run.plan.length;
  const finished = new Set(run.boots.filter((boot) => boot.finishedAt !== null).map((boot) => boot.slot)).size;
  const { state } = run;
  return [
    ...(finished < planned
      ? [{ kind: "incomplete", finished, planned, state, failure: run.failure?.message ?? null } as const]
      : []),
    ...(leftOut > 0 ? [{ kind: "left-out", samples: leftOut } as const] : []),
    ...(tornLine ? [{ kind: "torn-line" } as const] : []),
  ];
}

function replication({ effects }: Evidence): Caveat[] {
  const few = effects.filter((effect) => effect.smallestP > ALPHA).map((effect) => effect.smallestP);
  if (few.length === 0) return [];
  return [{ kind: "too-few-boots", effects: few.length, compared: effects.length, smallestP: Math.min(...few) }];
}

/** A program that gave up did not take as long as its time says, but longer. */
function limit({ run, samples }: Evidence): Caveat[] {
  const limitSeconds = run.settings.measure?.limitSeconds;
  if (limitSeconds === undefined) return [];
  const arms = run.settings.arms.flatMap((arm) => {
    const own = samples.filter((sample) => sample.arm === arm);
    const ended = own.filter((sample) => sample.seconds >= limitSeconds).length;
    return ended === 0 ? [] : [{ arm, ended, rounds: own.length }];
  });
  return arms.length === 0 ? [] : [{ kind: "lower-bounds", limitSeconds, arms }];
}

function pool({ run, cells }: Evidence): Caveat[] {
  const pooled = cells.filter((cell) => cell.cost.poolBefore !== null);
  const below = pooled.reduce((sum, cell) => sum + cell.cost.roundsBelowThreshold, 0);
  const rounds = pooled.reduce((sum, cell) => sum + cell.boots.reduce((n, boot) => n + boot.rounds.length, 0), 0);
  // A scenario that does not wait for the pool is about just that.
  if (below === 0 || run.settings.conditions.pool === "none") return [];
  return [{ kind: "low-pool", rounds, below, threshold: run.poolThreshold }];
}

function provenance({ commit }: RunRecord): Caveat[] {
  if (commit === null) return [{ kind: "no-commit" }];
  return commit.endsWith("-dirty") ? [{ kind: "dirty-commit" }] : [];
}

import { cellsOf } from "../../harness/analysis/cells.ts";
import type { Cell } from "../../harness/analysis/figures.ts";
import { turnsOf } from "../../harness/analysis/turns.ts";
import { normal, type Random } from "../../harness/stats/random.ts";
import { syntheticRun, syntheticSamples } from "./synthetic-run.ts";

export type Truth = {
  boots: number;
  rounds: number;
  /** True base / base-again. */
  ratio: number;
  /** Standard deviations of the logarithm, between boots and between the rounds of a boot. */
  betweenBoots: number;
  betweenRounds: number;
};

/** Makes runs of base and base-again whose truth is known, one after the other, as the cells that a report computes with. */
export function simulatedCells({
  boots,
  rounds,
  ratio,
  betweenBoots,
  betweenRounds,
}: Truth): (random: Random) => Cell[] {
  const run = syntheticRun({ arms: ["base", "base-again"], thp: ["on"], sweepBytes: [], boots, rounds });
  const template = syntheticSamples(run);
  return (random) => {
    const drift = new Map(run.boots.map(({ boot }) => [boot, betweenBoots * normal(random)]));
    const samples = template.map((sample) => {
      const seconds = 10 * (sample.arm === "base" ? ratio : 1);
      const noise = (drift.get(sample.boot) as number) + betweenRounds * normal(random);
      return { ...sample, seconds: seconds * Math.exp(noise) };
    });
    return cellsOf(run, turnsOf(run, samples));
  };
}

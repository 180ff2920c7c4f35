import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { countedSamples } from "../run/counted-samples.ts";
import type { RunRecord } from "../run/record.ts";
import type { Sample } from "../run/sample.ts";
import { readRun, readSamples, SAMPLES_FILE } from "../run/store.ts";
import { median } from "../stats/median.ts";
import { FEWEST_VALUES, farFromRest } from "../stats/outliers.ts";
import { caveatsOf } from "./caveats.ts";
import { cellsOf, phaseCellsOf } from "./cells.ts";
import { totalsOf } from "./cost.ts";
import { effectsOf, removableOf } from "./effects.ts";
import type { Cell, Effect, Outlier, Outliers } from "./figures.ts";
import { fillsOf } from "./fills.ts";
import { ownPlansOf } from "./plans.ts";
import { commonSetting } from "./setting.ts";
import type { Summary } from "./summary.ts";
import { sweepsOf } from "./sweeps.ts";
import { turnsOf } from "./turns.ts";

/** How a run is read. */
export type Reading = {
  /** Smallest difference of interest, as a share; by default what the run was made with. */
  matters?: number | undefined;
};

/**
 * Summary of the run in a directory.
 * @throws UsageError RUN_UNREADABLE naming the file and line that is damaged; MeasurementError UNLIKE_SAMPLES
 */
export function loadSummary(runDir: string, reading: Reading = {}): Summary {
  const path = join(runDir, SAMPLES_FILE);
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const tornLine = text !== "" && !text.endsWith("\n");
  return summarize(readRun(runDir), readSamples(runDir), { ...reading, tornLine });
}

/** The effects of the run in a directory and nothing else, which is quick. @throws what {@link loadSummary} throws */
export function loadEffects(runDir: string): { run: RunRecord; effects: Effect[] } {
  const run = readRun(runDir);
  const used = countedSamples(run, readSamples(runDir));
  commonSetting(used);
  return { run, effects: effectsOf(cellsOf(run, turnsOf(run, used)), run.settings) };
}

/**
 * Everything a report says, computed from what was measured and nothing else.
 * @param samples all lines of samples.jsonl; those of unfinished boots are left out here (see countedSamples)
 * @throws MeasurementError UNLIKE_SAMPLES
 */
export function summarize(
  run: RunRecord,
  samples: readonly Sample[],
  { matters = run.settings.matters, tornLine = false }: Reading & { tornLine?: boolean } = {},
): Summary {
  const used = countedSamples(run, samples);
  const setting = commonSetting(used);
  const turns = turnsOf(run, used);
  const cells = cellsOf(run, turns);
  const effects = effectsOf(cells, { matters });
  const headline = effects.filter((effect) => effect.memoryBytes === run.settings.memoryBytes);
  const leftOut = samples.length - used.length;
  return {
    run,
    matters,
    effects,
    removable: removableOf(cells),
    setting,
    cells,
    phases: phaseCellsOf(cells, used),
    totals: totalsOf(run, turns),
    fills: fillsOf(run, turns),
    sweeps: sweepsOf(cells, run.settings.projectionBytes),
    plans: ownPlansOf(cells, headline),
    outliers: outliersOf(cells),
    caveats: caveatsOf({ run, setting, leftOut, tornLine, samples: used, cells, effects }),
  };
}

/** A value of a cell and whose it is; the round is null for a boot's median. */
type Measured = { boot: number; round: number | null; seconds: number };

/** Boots far from the other boots of their cell, and rounds far from all its rounds. All of them stay in every figure. */
export function outliersOf(cells: readonly Cell[]): Outliers {
  const groups = cells.flatMap((cell) => groupsOf(cell).filter((group) => group.length >= FEWEST_VALUES));
  return { groups: groups.length, values: cells.flatMap(outliersIn) };
}

function outliersIn(cell: Cell): Outlier[] {
  const { scenario, thp, memoryBytes, arm, boots } = cell;
  const far = groupsOf(cell).flatMap((group) => {
    const centre = median(group.map((one) => one.seconds));
    return farFromRest(group.map((one) => one.seconds)).map(({ index, distance }) => {
      return { scenario, thp, memoryBytes, arm, ...(group[index] as Measured), median: centre, distance };
    });
  });
  // A boot that is far as a whole needs no line for each of its rounds.
  const whole = boots.filter(({ boot, rounds }) => {
    const own = far.filter((one) => one.boot === boot);
    return own.some((one) => one.round === null) && own.length === rounds.length + 1;
  });
  return far.filter((one) => one.round === null || !whole.some(({ boot }) => boot === one.boot));
}

/** What is compared with each other: the boots' medians, and where boots have several rounds, all rounds. */
function groupsOf({ boots }: Cell): Measured[][] {
  const medians = boots.map((boot) => ({ boot: boot.boot, round: null, seconds: boot.median }));
  const rounds = boots.flatMap(({ boot, rounds }) => rounds.map((round) => ({ boot, ...round })));
  return rounds.length > boots.length ? [medians, rounds] : [medians];
}

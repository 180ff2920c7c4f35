import { countedSamples } from "../run/counted-samples.ts";
import type { RunRecord } from "../run/record.ts";
import type { Sample } from "../run/sample.ts";
import { caveatsOf } from "./caveats.ts";
import { cellsOf } from "./cells.ts";
import { totalsOf } from "./cost.ts";
import { effectsOf } from "./effects.ts";
import { fillsOf } from "./fills.ts";
import { outliersOf } from "./outliers.ts";
import { phaseCellsOf } from "./phases.ts";
import { ownPlansOf } from "./plans.ts";
import { removableOf } from "./removable.ts";
import { commonSetting } from "./setting.ts";
import type { Summary } from "./summary.ts";
import { sweepsOf } from "./sweeps.ts";
import { turnsOf } from "./turns.ts";

/**
 * Everything a report says, computed from what was measured and nothing else.
 * @param samples all lines of samples.jsonl; those of unfinished boots are left out here (see countedSamples)
 * @param tornLine whether the file ended in a line that was cut off
 * @throws MeasurementError UNLIKE_SAMPLES
 */
export function summarize(run: RunRecord, samples: readonly Sample[], { tornLine = false } = {}): Summary {
  const used = countedSamples(run, samples);
  const setting = commonSetting(used);
  const turns = turnsOf(run, used);
  const cells = cellsOf(run, turns);
  const effects = effectsOf(cells);
  const headline = effects.filter((effect) => effect.memoryBytes === run.settings.memoryBytes);
  const leftOut = samples.length - used.length;
  return {
    run,
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

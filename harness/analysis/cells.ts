import { inTableOrder } from "../run/arm-name.ts";
import type { RunRecord } from "../run/record.ts";
import { type Phases, phaseNames, type Sample } from "../run/sample.ts";
import { median } from "../stats/median.ts";
import { costOf } from "./cost.ts";
import { sameConfiguration } from "./effects.ts";
import type { Cell, CellBoot, PhaseCell } from "./figures.ts";
import type { Turn } from "./turns.ts";

/**
 * Creations grouped by configuration and arm, in the order of the run's settings: huge pages as asked for, the largest
 * VM first, base before the other arms.
 */
export function cellsOf(run: RunRecord, turns: readonly Turn[]): Cell[] {
  const groups = Map.groupBy(turns, ({ sample }) =>
    JSON.stringify([sample.scenario, sample.thp, sample.memoryBytes, sample.arm]),
  );
  const cells = [...groups.values()].map((group) => cellOf(run, group));
  const arms = inTableOrder(run.settings.arms);
  const rank = (cell: Cell): number[] => [
    run.settings.thp.indexOf(cell.thp),
    -cell.memoryBytes,
    arms.indexOf(cell.arm),
  ];
  return cells.sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    const at = x.findIndex((value, i) => value !== y[i]);
    return at < 0 ? 0 : (x[at] as number) - (y[at] as number);
  });
}

function cellOf(run: RunRecord, turns: readonly Turn[]): Cell {
  const samples = turns.map((turn) => turn.sample);
  const { scenario, thp, memoryBytes, arm } = samples[0] as Sample;
  const boots = [...Map.groupBy(samples, (sample) => sample.boot).values()].map(bootOf).sort((a, b) => a.boot - b.boot);
  return {
    scenario,
    thp,
    memoryBytes,
    arm,
    median: median(boots.map((boot) => boot.median)),
    boots,
    values: valuesOf(samples),
    cost: costOf(turns, run.poolThreshold),
  };
}

/** The median over boots of the median over a boot's rounds. */
function medianOf(samples: readonly Sample[], read: (sample: Sample) => number): number {
  const boots = [...Map.groupBy(samples, (sample) => sample.boot).values()];
  return median(boots.map((rounds) => median(rounds.map(read))));
}

/** The median of each figure. One that a round lacks is left out: the rounds that have it are no sample. */
function valuesOf(samples: readonly Sample[]): Record<string, number> {
  const names = Object.keys(samples[0]?.values ?? {}).filter((name) => samples.every(({ values }) => name in values));
  return Object.fromEntries(names.map((name) => [name, medianOf(samples, ({ values }) => values[name] as number)]));
}

function bootOf(samples: Sample[]): CellBoot {
  const rounds = samples.map(({ round, seconds }) => ({ round, seconds })).sort((a, b) => a.round - b.round);
  return {
    boot: (samples[0] as Sample).boot,
    median: median(rounds.map((round) => round.seconds)),
    rounds,
  };
}

/** The phases of each cell in which there are any; runs from before they were measured have none at all. */
export function phaseCellsOf(cells: readonly Cell[], samples: readonly Sample[]): PhaseCell[] {
  return cells.flatMap((cell) => {
    const { scenario, thp, memoryBytes, arm } = cell;
    const own = samples.filter((sample) => sample.arm === arm && sameConfiguration(sample, cell));
    const told = own.filter((sample) => sample.phases !== null);
    if (told.length === 0) return [];
    const rounds = own.length;
    return [{ scenario, thp, memoryBytes, arm, seconds: mediansOf(told), rounds, untold: rounds - told.length }];
  });
}

/** Each phase by itself. */
function mediansOf(samples: readonly Sample[]): Phases {
  const occurring = phaseNames.filter((name) => samples.some(({ phases }) => phases?.[name] !== undefined));
  return Object.fromEntries(occurring.map((name) => [name, medianOf(samples, ({ phases }) => phases?.[name] ?? 0)]));
}

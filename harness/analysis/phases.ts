import { type Phases, phaseNames } from "../run/phase.ts";
import type { Sample } from "../run/sample.ts";
import { median } from "../stats/median.ts";
import type { Cell, PhaseCell } from "./figures.ts";

/** The phases of each cell in which there are any; runs from before they were measured have none at all. */
export function phaseCellsOf(cells: readonly Cell[], samples: readonly Sample[]): PhaseCell[] {
  return cells.flatMap((cell) => {
    const { scenario, thp, memoryBytes, arm } = cell;
    const own = samples.filter(
      (sample) =>
        sample.scenario === scenario && sample.thp === thp && sample.memoryBytes === memoryBytes && sample.arm === arm,
    );
    const told = own.filter((sample) => sample.phases !== null);
    if (told.length === 0) return [];
    const rounds = own.length;
    return [{ scenario, thp, memoryBytes, arm, seconds: mediansOf(told), rounds, untold: rounds - told.length }];
  });
}

/** Each phase by itself: the median over boots of the median over a boot's rounds. */
function mediansOf(samples: readonly Sample[]): Phases {
  const boots = [...Map.groupBy(samples, (sample) => sample.boot).values()];
  const occurring = phaseNames.filter((name) => samples.some(({ phases }) => phases?.[name] !== undefined));
  const medianOf = (name: (typeof phaseNames)[number]) =>
    median(boots.map((rounds) => median(rounds.map(({ phases }) => phases?.[name] ?? 0))));
  return Object.fromEntries(occurring.map((name) => [name, medianOf(name)]));
}

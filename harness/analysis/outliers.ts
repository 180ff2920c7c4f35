import { median } from "../stats/median.ts";
import { FEWEST_VALUES, farFromRest } from "../stats/outliers.ts";
import type { Cell, Outlier, Outliers } from "./figures.ts";

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

import type { Summary } from "../../analysis/summary.ts";
import type { Thp } from "../../run/sample.ts";
import { wordsOf } from "../wording/words.ts";
import { marksOf } from "./axes.ts";
import { cpuPlot, phasesPlot, waitPlot } from "./bar-plots.ts";
import { isProjected, projectionPlot, roundsPlot, sweepPlot } from "./dot-plots.ts";
import { fillPlots } from "./fill-plot.ts";
import { ratioPlot } from "./ratio-plot.ts";
import type { Plot } from "./render-svg.ts";

/** Plots by the id of the section that they belong to. */
export function plotsOf({ run, effects, cells, phases, totals, fills, sweeps }: Summary): Map<string, Plot[]> {
  const headline = <T extends { memoryBytes: number }>(all: readonly T[]): T[] =>
    all.filter((one) => one.memoryBytes === run.settings.memoryBytes);
  const words = wordsOf(run);
  const { unit } = words;
  const markOf = marksOf(run.settings.arms);
  const compared = headline(effects);
  const curves = fillPlots(fills, words, markOf);
  const waited = cells.filter((cell) => cell.cost.waitSeconds !== null);
  const sized = words.sized(run.settings.memoryBytes);
  return new Map([
    ["result", compared.length > 0 ? [ratioPlot(compared, unit, markOf)] : []],
    ...byThp(headline(cells), (thp, own): [string, Plot[]] => [
      `rounds-${thp}`,
      [roundsPlot(thp, sized, unit, own, markOf)],
    ]),
    ["phases", byThp(headline(phases), (thp, own) => phasesPlot(thp, unit, own))],
    // Runs from before curves were recorded still show what the waits were.
    ["pool", curves.length > 0 ? curves : waited.length > 0 ? [waitPlot(waited, unit)] : []],
    ["cpu", totals.length > 0 ? [cpuPlot(totals, unit)] : []],
    ["sweep", byThp(sweeps, (thp, own) => sweepPlot(thp, words, own, markOf))],
    ["projection", byThp(sweeps.filter(isProjected), (thp, own) => projectionPlot(thp, words, own, markOf))],
  ]);
}

function byThp<T extends { thp: Thp }, R>(all: readonly T[], plot: (thp: Thp, own: T[]) => R): R[] {
  return [...Map.groupBy(all, ({ thp }) => thp)].map(([thp, own]) => plot(thp, own));
}

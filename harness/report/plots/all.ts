import type { Summary } from "../../analysis/summary.ts";
import { wordsOf } from "../wording/words.ts";
import { marksOf } from "./axes.ts";
import { cpuPlot, waitPlot } from "./cpu-plot.ts";
import { fillPlots } from "./fill-plot.ts";
import { phasesPlot } from "./phases-plot.ts";
import { ratioPlot } from "./ratio-plot.ts";
import type { Plot } from "./render-svg.ts";
import { roundsPlot } from "./rounds-plot.ts";
import { isProjected, projectionPlot, sweepPlot } from "./sweep-plot.ts";

/** Plots by the id of the section that they belong to. */
export function plotsOf({ run, effects, cells, phases, totals, fills, sweeps }: Summary): Map<string, Plot[]> {
  const headline = <T extends { memoryBytes: number }>(all: readonly T[]): T[] =>
    all.filter((one) => one.memoryBytes === run.settings.memoryBytes);
  const words = wordsOf(run);
  const markOf = marksOf(run.settings.arms);
  const plots = new Map<string, Plot[]>();
  const compared = headline(effects);
  plots.set("result", compared.length > 0 ? [ratioPlot(compared, words.unit, markOf)] : []);
  for (const [thp, own] of Map.groupBy(headline(cells), (cell) => cell.thp)) {
    plots.set(`rounds-${thp}`, [roundsPlot(thp, words.sized(run.settings.memoryBytes), words.unit, own, markOf)]);
  }
  plots.set(
    "phases",
    [...Map.groupBy(headline(phases), (cell) => cell.thp)].map(([thp, own]) => phasesPlot(thp, words.unit, own)),
  );
  const curves = fillPlots(fills, words, markOf);
  const waited = cells.filter((cell) => cell.cost.waitSeconds !== null);
  // Runs from before curves were recorded still show what the waits were.
  plots.set("pool", curves.length > 0 ? curves : waited.length > 0 ? [waitPlot(waited, words.unit)] : []);
  plots.set("cpu", totals.length > 0 ? [cpuPlot(totals, words.unit)] : []);
  plots.set(
    "sweep",
    [...Map.groupBy(sweeps, (sweep) => sweep.thp)].map(([thp, own]) => sweepPlot(thp, words, own, markOf)),
  );
  plots.set(
    "projection",
    [...Map.groupBy(sweeps.filter(isProjected), (sweep) => sweep.thp)].map(([thp, own]) =>
      projectionPlot(thp, words, own, markOf),
    ),
  );
  return plots;
}

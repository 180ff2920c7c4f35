import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { Summary } from "../../analysis/summary.ts";
import { escapeMarkup } from "../../base/quote.ts";
import { wordsOf } from "../wording/words.ts";
import { marksOf, PLOT_WIDTH_PX } from "./axes.ts";
import { cpuPlot, waitPlot } from "./cpu-plot.ts";
import { fillPlots } from "./fill-plot.ts";
import { phasesPlot } from "./phases-plot.ts";
import { ratioPlot } from "./ratio-plot.ts";
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

use([BarChart, LineChart, ScatterChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

/** One plot: `label` says in words what it shows, for those who do not see it. */
export type Plot = { caption: string; label: string; height: number; option: EChartsCoreOption };

/**
 * Draws a plot as SVG that takes its colours from the page: the same input gives the same bytes.
 * @param id unique on the page, prefix of the ids inside the SVG
 */
export function renderSvg(plot: Plot, id: string): string {
  const chart = init(null, null, { renderer: "svg", ssr: true, width: PLOT_WIDTH_PX, height: plot.height });
  chart.setOption({ animation: false, textStyle: { color: "currentColor", fontSize: 12 }, ...plot.option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return (
    svg
      // Hover classes and data attributes are for a browser-side library that is not there. They and the ids are
      // numbered over the whole process and would differ from one rendering to the next.
      .replaceAll(/<style ?>[\s\S]*?<\/style>\n?/g, "")
      .replaceAll(/ (?:class|ecmeta_[a-z_]+|pointer-events)="[^"]*"/g, "")
      .replaceAll(/zr\d+-(?=\w)/g, `${id}-`)
      .replace(/<svg width="\d+" height="\d+"/, `<svg role="img" aria-label="${escapeMarkup(plot.label)}"`)
  );
}

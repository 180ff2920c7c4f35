import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, MarkLineComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { escapeMarkup } from "../../base/quote.ts";
import { PLOT_WIDTH_PX } from "./axes.ts";

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

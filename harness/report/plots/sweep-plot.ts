import type { Sweep } from "../../analysis/figures.ts";
import { GIB_BYTES } from "../../base/size.ts";
import type { Unit } from "../../run/measure.ts";
import type { Thp } from "../../run/sample.ts";
import { formatSeconds, formatThp } from "../wording/format.ts";
import type { Words } from "../wording/words.ts";
import { axisStyle, legendOf, type MarkOf, PLOT_BODY_PX, SYMBOL_PX, still } from "./axes.ts";
import type { Plot } from "./render-svg.ts";

/** Per-boot medians over size with each arm's line, over the measured range only. */
export function sweepPlot(thp: Thp, { over, unit }: Words, sweeps: readonly Sweep[], markOf: MarkOf): Plot {
  const title = `${unit.name === "seconds" ? "Time" : "Instructions"} over ${over}, ${formatThp(thp)}`;
  const largest = Math.max(...sweeps.flatMap((sweep) => sweep.sizes.map((size) => size.memoryBytes))) / GIB_BYTES;
  const { legend, heightPx } = legendOf(sweeps.map((sweep) => sweep.arm));
  return {
    caption: `${title}: each boot's median, and the line through them.`,
    label: `${title}. ${sweeps.map((sweep) => describe(sweep, unit)).join("; ")}`,
    height: PLOT_BODY_PX + heightPx,
    option: {
      legend,
      grid: { left: 48, right: 16, top: heightPx, bottom: 42 },
      xAxis: { ...axisStyle, type: "value", name: `${over}, GiB`, nameGap: 26, min: 0, max: largest },
      yAxis: { ...axisStyle, type: "value", name: unit.plural, nameGap: 34, min: 0 },
      series: sweeps.flatMap((sweep) => [dots(sweep, markOf), ...line(sweep, markOf)]),
    },
  };
}

function describe({ arm, line }: Sweep, { plural }: Unit): string {
  return line === null ? `${arm}: no line` : `${arm}: ${formatSeconds(line.secondsPerGib.value)} ${plural} per GiB`;
}

function dots(sweep: Sweep, markOf: MarkOf): object {
  const { color, symbol } = markOf(sweep.arm);
  return {
    ...still,
    name: sweep.arm,
    type: "scatter",
    symbol,
    symbolSize: SYMBOL_PX,
    itemStyle: { color, opacity: 0.75 },
    data: sweep.sizes.flatMap((size) => size.bootMedians.map((median) => [size.memoryBytes / GIB_BYTES, median])),
  };
}

function line({ arm, sizes, line }: Sweep, markOf: MarkOf): object[] {
  if (line === null) return [];
  const ends = [sizes[0], sizes.at(-1)].map((size) => (size as Sweep["sizes"][number]).memoryBytes / GIB_BYTES);
  return [
    {
      ...still,
      type: "line",
      symbol: "none",
      lineStyle: { color: markOf(arm).color, width: 1.5 },
      data: ends.map((gib) => [gib, line.interceptSeconds.value + line.secondsPerGib.value * gib]),
    },
  ];
}

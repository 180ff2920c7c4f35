import type { Sweep } from "../../analysis/figures.ts";
import { formatSize, GIB_BYTES } from "../../base/size.ts";
import type { Unit } from "../../run/measure.ts";
import type { Thp } from "../../run/sample.ts";
import type { Estimate } from "../../stats/line.ts";
import { formatEstimate, formatSeconds, formatThp } from "../wording/format.ts";
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
    label: `${title}. ${sweeps.map((sweep) => describeLine(sweep, unit)).join("; ")}`,
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

function describeLine({ arm, line }: Sweep, { plural }: Unit): string {
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

/** A sweep whose line is carried on to a time. */
type Projected = Sweep & {
  line: NonNullable<Sweep["line"]>;
  projection: NonNullable<Sweep["projection"]> & { seconds: Estimate };
};

export function isProjected(sweep: Sweep): sweep is Projected {
  return sweep.line !== null && sweep.projection !== null && sweep.projection.seconds !== null;
}

/**
 * How far the lines are carried on: solid where it was measured, dashed beyond, hollow the size that nobody measured,
 * with its interval.
 */
export function projectionPlot(thp: Thp, { over, unit }: Words, sweeps: readonly Projected[], markOf: MarkOf): Plot {
  const bytes = Math.max(...sweeps.map((sweep) => sweep.projection.memoryBytes));
  const { legend, heightPx } = legendOf(sweeps.map((sweep) => sweep.arm));
  return {
    caption:
      `PROJECTION, NOT MEASURED: ${formatSize(bytes)}, ${formatThp(thp)}. Filled: measured. Dashed: the line carried ` +
      "on. Hollow, with its 95 % interval: what it would give.",
    label: `Plot of a projection, not measured, ${formatThp(thp)}. ${sweeps.map((sweep) => describeProjection(sweep, unit)).join("; ")}`,
    height: PLOT_BODY_PX + heightPx,
    option: {
      legend,
      grid: { left: 48, right: 24, top: heightPx, bottom: 42 },
      xAxis: { ...axisStyle, type: "value", name: `${over}, GiB`, nameGap: 26, min: 0, max: bytes / GIB_BYTES },
      yAxis: { ...axisStyle, type: "value", name: unit.plural, nameGap: 34, min: 0 },
      series: sweeps.flatMap((sweep) => seriesOf(sweep, markOf)),
    },
  };
}

function describeProjection({ arm, projection }: Projected, { plural }: Unit): string {
  return `${arm}: ${formatSize(projection.memoryBytes)} would take ${formatEstimate(projection.seconds)} ${plural}`;
}

function seriesOf(sweep: Projected, markOf: MarkOf): object[] {
  const { color, symbol } = markOf(sweep.arm);
  const { secondsPerGib, interceptSeconds } = sweep.line;
  const { seconds, memoryBytes } = sweep.projection;
  const at = (gib: number): [number, number] => [gib, interceptSeconds.value + secondsPerGib.value * gib];
  const sizes = sweep.sizes.map((size) => size.memoryBytes / GIB_BYTES);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const end = memoryBytes / GIB_BYTES;
  const line = (data: [number, number][], lineStyle: object): object => ({
    ...still,
    type: "line",
    symbol: "none",
    lineStyle: { color, ...lineStyle },
    data,
  });
  return [
    {
      ...still,
      name: sweep.arm,
      type: "scatter",
      symbol,
      symbolSize: SYMBOL_PX,
      itemStyle: { color },
      data: sweep.sizes.map((size) => [size.memoryBytes / GIB_BYTES, size.median]),
    },
    line([at(smallest), at(largest)], { width: 2 }),
    line([at(largest), at(end)], { width: 1.5, type: "dashed" }),
    line(
      [
        // A line says nothing of a time below zero.
        [end, Math.max(0, seconds.low)],
        [end, seconds.high],
      ],
      { width: 2 },
    ),
    {
      ...still,
      type: "scatter",
      symbol,
      symbolSize: SYMBOL_PX + 2,
      itemStyle: { color: "var(--ground)", borderColor: color, borderWidth: 2 },
      data: [[end, seconds.value]],
    },
  ];
}

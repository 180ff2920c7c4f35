import { GIB_BYTES } from "../../base/size.ts";
import type { Thp } from "../../bench/sample.ts";
import { formatSeconds, formatThp } from "../format.ts";
import type { Sweep } from "../summary.ts";
import { ARM_MARKS, axisStyle, legendStyle, SYMBOL_PX, still } from "./axes.ts";
import type { Plot } from "./render-svg.ts";

/**
 * Per-boot medians over size with each arm's line, over the measured range only.
 * @param over what is on the axis: `VM size` or `size`
 */
export function sweepPlot(thp: Thp, over: string, sweeps: readonly Sweep[]): Plot {
  const largest = Math.max(...sweeps.flatMap((sweep) => sweep.sizes.map((size) => size.memoryBytes))) / GIB_BYTES;
  return {
    caption: `Time over ${over}, ${formatThp(thp)}: each boot's median, and the line through them.`,
    label: `Plot of time over ${over}, ${formatThp(thp)}. ${sweeps.map(describe).join("; ")}`,
    height: 300,
    option: {
      legend: { ...legendStyle, data: sweeps.map((sweep) => sweep.arm) },
      grid: { left: 48, right: 16, top: 34, bottom: 42 },
      xAxis: { ...axisStyle, type: "value", name: `${over}, GiB`, nameGap: 26, min: 0, max: largest },
      yAxis: { ...axisStyle, type: "value", name: "seconds", nameGap: 34, min: 0 },
      series: sweeps.flatMap((sweep) => [dots(sweep), ...line(sweep, largest)]),
    },
  };
}

function describe({ arm, line }: Sweep): string {
  return line === null ? `${arm}: no line` : `${arm}: ${formatSeconds(line.secondsPerGib.value)} seconds per GiB`;
}

function dots(sweep: Sweep): object {
  const { color, symbol } = ARM_MARKS[sweep.arm];
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

function line(sweep: Sweep, largest: number): object[] {
  if (sweep.line === null) return [];
  const { secondsPerGib, interceptSeconds } = sweep.line;
  return [
    {
      ...still,
      type: "line",
      symbol: "none",
      lineStyle: { color: ARM_MARKS[sweep.arm].color, width: 1.5 },
      data: [
        [0, interceptSeconds.value],
        [largest, interceptSeconds.value + secondsPerGib.value * largest],
      ],
    },
  ];
}

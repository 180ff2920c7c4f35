import type { Effect } from "../../analysis/figures.ts";
import type { Unit } from "../../run/measure.ts";
import { formatRange, formatRatio, formatThp } from "../wording/format.ts";
import { verdictText } from "../wording/words.ts";
import { axisStyle, dots, line, type MarkOf, rowNames, SYMBOL_PX, still } from "./axes.ts";
import type { Plot } from "./render-svg.ts";

const ROW_PX = 36;

/** base/arm of each effect with its interval, on a logarithmic axis with 1 marked. */
export function ratioPlot(effects: readonly Effect[], unit: Unit, markOf: MarkOf): Plot {
  const ends = effects.flatMap(({ ratio, low, high }) => [low ?? ratio, ratio, high ?? ratio, 1]);
  const names = rowNames(
    effects.map((effect) => `${formatThp(effect.thp)}\n${effect.armName}`),
    ROW_PX,
  );
  return {
    caption: "base/arm with its 95 % interval; right of 1 the arm takes less.",
    label: `Ratio plot. ${effects.map((effect) => describe(effect, unit)).join("; ")}`,
    height: 70 + names.rowPx * effects.length,
    option: {
      grid: { left: names.leftPx, right: 40, top: 14, bottom: 42 },
      xAxis: {
        ...axisStyle,
        type: "log",
        logBase: 2,
        name: "base/arm",
        nameGap: 26,
        min: 2 ** Math.floor(Math.log2(Math.min(...ends) * 0.99)),
        max: 2 ** Math.ceil(Math.log2(Math.max(...ends) * 1.01)),
      },
      yAxis: names.axis,
      series: effects.flatMap((effect, row) => rowSeries(effect, row, markOf)),
    },
  };
}

function describe(effect: Effect, unit: Unit): string {
  const range = effect.low === null ? "no interval" : `interval ${formatRange(effect.low, effect.high, formatRatio)}`;
  return `${formatThp(effect.thp)}, ${effect.armName}: ${formatRatio(effect.ratio)}, ${range}, ${verdictText(effect.verdict, unit)}`;
}

/** The ratio on its interval, and right of it in figures; the first row also draws the line at 1. */
function rowSeries({ ratio, low, high, armName }: Effect, row: number, markOf: MarkOf): object[] {
  const mark = markOf(armName);
  const ends = low === null || high === null ? [] : [low, high].map((end) => [end, row]);
  const one = {
    silent: true,
    symbol: "none",
    label: { show: false },
    lineStyle: { color: "currentColor", type: "dashed" },
    data: [{ xAxis: 1 }],
  };
  return [
    ...(ends.length === 0 ? [] : [line(ends, { color: mark.color, width: 3, cap: "butt" })]),
    { ...dots(mark, [[ratio, row]]), symbolSize: SYMBOL_PX + 4, ...(row === 0 ? { markLine: one } : {}) },
    {
      ...still,
      type: "scatter",
      symbolSize: 0,
      label: { show: true, position: "right", distance: 8, color: "currentColor", formatter: formatRatio(ratio) },
      data: [[high ?? ratio, row]],
    },
  ];
}

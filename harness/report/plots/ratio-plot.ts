import type { Effect } from "../../analysis/figures.ts";
import type { Unit } from "../../run/measure.ts";
import { formatRange, formatRatio, formatThp } from "../wording/format.ts";
import { verdictText } from "../wording/words.ts";
import { axisStyle, type MarkOf, rowNames, SYMBOL_PX, still } from "./axes.ts";
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
      series: effects.flatMap((effect, row) => [
        ...interval(effect, markOf, row),
        dot(effect, markOf, row),
        value(effect, row),
      ]),
    },
  };
}

function describe(effect: Effect, unit: Unit): string {
  const range = effect.low === null ? "no interval" : `interval ${formatRange(effect.low, effect.high, formatRatio)}`;
  return `${formatThp(effect.thp)}, ${effect.armName}: ${formatRatio(effect.ratio)}, ${range}, ${verdictText(effect.verdict, unit)}`;
}

function interval({ low, high, armName }: Effect, markOf: MarkOf, row: number): object[] {
  if (low === null || high === null) return [];
  const ends = [
    [low, row],
    [high, row],
  ];
  return [
    {
      ...still,
      type: "line",
      symbol: "none",
      lineStyle: { color: markOf(armName).color, width: 3, cap: "butt" },
      data: ends,
    },
  ];
}

/** The ratio in figures, right of its interval. */
function value({ ratio, high }: Effect, row: number): object {
  return {
    ...still,
    type: "scatter",
    symbolSize: 0,
    label: { show: true, position: "right", distance: 8, color: "currentColor", formatter: formatRatio(ratio) },
    data: [[high ?? ratio, row]],
  };
}

function dot({ ratio, armName }: Effect, markOf: MarkOf, row: number): object {
  const { color, symbol } = markOf(armName);
  return {
    ...still,
    type: "scatter",
    symbol,
    symbolSize: SYMBOL_PX + 4,
    itemStyle: { color },
    data: [[ratio, row]],
    ...(row === 0
      ? {
          markLine: {
            silent: true,
            symbol: "none",
            label: { show: false },
            lineStyle: { color: "currentColor", type: "dashed" },
            data: [{ xAxis: 1 }],
          },
        }
      : {}),
  };
}

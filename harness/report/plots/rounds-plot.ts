import type { Cell } from "../../analysis/figures.ts";
import type { Unit } from "../../run/measure.ts";
import type { Thp } from "../../run/sample.ts";
import { formatThp, formatTime } from "../wording/format.ts";
import { axisStyle, legendOf, type MarkOf, PLOT_BODY_PX, SYMBOL_PX, still } from "./axes.ts";
import type { Plot } from "./render-svg.ts";

/** Distance between two rounds of a boot, in boots. */
const ROUND_STEP = 0.2;

/**
 * Every sample over the boots in the order they ran, so that drift is seen beside the effect; dashed, each arm's median
 * of per-boot medians.
 * @param sized the size in words
 * @param cells the arms of one configuration
 */
export function roundsPlot(thp: Thp, sized: string, { plural }: Unit, cells: readonly Cell[], markOf: MarkOf): Plot {
  const { legend, heightPx } = legendOf(cells.map((cell) => cell.arm));
  const lastBoot = Math.max(...cells.flatMap((cell) => cell.boots.map((boot) => boot.boot)));
  return {
    caption: `Every round in the order the boots ran: ${formatThp(thp)}, ${sized}. Dashed: median of each arm.`,
    label:
      `Dot plot of all rounds, ${formatThp(thp)}, ${sized}. ` +
      cells.map((cell) => `${cell.arm}: median ${formatTime(cell.median)} ${plural}`).join("; "),
    height: PLOT_BODY_PX + heightPx,
    option: {
      legend,
      grid: { left: 48, right: 12, top: heightPx, bottom: 42 },
      xAxis: {
        ...axisStyle,
        type: "value",
        name: "boot",
        nameGap: 26,
        min: 0,
        max: lastBoot + 1,
        minInterval: 1,
        // The range ends between two boots; a number there would only crowd the last boot's.
        axisLabel: { ...axisStyle.axisLabel, showMinLabel: false, showMaxLabel: false },
      },
      yAxis: { ...axisStyle, type: "value", name: plural, nameGap: 34, min: 0 },
      series: cells.flatMap((cell) => [dots(cell, markOf), medianLine(cell, markOf, lastBoot)]),
    },
  };
}

function dots(cell: Cell, markOf: MarkOf): object {
  const { color, symbol } = markOf(cell.arm);
  return {
    ...still,
    name: cell.arm,
    type: "scatter",
    symbol,
    symbolSize: SYMBOL_PX,
    itemStyle: { color, opacity: 0.75 },
    data: cell.boots.flatMap(({ boot, rounds }) =>
      rounds.map(({ seconds }, i) => [boot + (i - (rounds.length - 1) / 2) * ROUND_STEP, seconds]),
    ),
  };
}

function medianLine(cell: Cell, markOf: MarkOf, lastBoot: number): object {
  return {
    ...still,
    type: "line",
    symbol: "none",
    lineStyle: { color: markOf(cell.arm).color, type: "dashed", width: 1 },
    data: [
      [0, cell.median],
      [lastBoot + 1, cell.median],
    ],
  };
}

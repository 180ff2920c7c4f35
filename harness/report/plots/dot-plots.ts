import type { Cell, Sweep } from "../../analysis/figures.ts";
import { formatSize, GIB_BYTES } from "../../base/size.ts";
import type { Unit } from "../../run/measure.ts";
import type { Thp } from "../../run/sample.ts";
import type { Estimate } from "../../stats/line.ts";
import { formatEstimate, formatSeconds, formatThp, formatTime } from "../wording/format.ts";
import type { Words } from "../wording/words.ts";
import { axisStyle, dots, legendOf, line, type MarkOf, SYMBOL_PX } from "./axes.ts";
import type { Plot } from "./render-svg.ts";

/** Height below the legend: the axes, their names, all that is drawn. */
const BODY_PX = 266;
/** Distance between two rounds of a boot, in boots. */
const ROUND_STEP = 0.2;

/** What a plot of dots and lines is made of. */
type DotPlot = Pick<Plot, "caption" | "label"> & {
  arms: string[];
  xAxis: { name: string; max: number };
  yName: string;
  rightPx: number;
  series: object[];
};

function dotPlot({ caption, label, arms, xAxis, yName, rightPx, series }: DotPlot): Plot {
  const { legend, heightPx } = legendOf(arms);
  return {
    caption,
    label,
    height: BODY_PX + heightPx,
    option: {
      legend,
      grid: { left: 48, right: rightPx, top: heightPx, bottom: 42 },
      xAxis: { ...axisStyle, type: "value", nameGap: 26, min: 0, ...xAxis },
      yAxis: { ...axisStyle, type: "value", name: yName, nameGap: 34, min: 0 },
      series,
    },
  };
}

/**
 * Every sample over the boots in the order they ran, so that drift is seen beside the effect; dashed, each arm's median
 * of per-boot medians.
 * @param sized the size in words
 * @param cells the arms of one configuration
 */
export function roundsPlot(thp: Thp, sized: string, { plural }: Unit, cells: readonly Cell[], markOf: MarkOf): Plot {
  const end = Math.max(...cells.flatMap((cell) => cell.boots.map((boot) => boot.boot))) + 1;
  // The range ends between two boots; a number there would only crowd the last boot's.
  const axisLabel = { ...axisStyle.axisLabel, showMinLabel: false, showMaxLabel: false };
  const xAxis = { name: "boot", max: end, minInterval: 1, axisLabel };
  return dotPlot({
    caption: `Every round in the order the boots ran: ${formatThp(thp)}, ${sized}. Dashed: median of each arm.`,
    label:
      `Dot plot of all rounds, ${formatThp(thp)}, ${sized}. ` +
      cells.map((cell) => `${cell.arm}: median ${formatTime(cell.median)} ${plural}`).join("; "),
    arms: cells.map(({ arm }) => arm),
    xAxis,
    yName: plural,
    rightPx: 12,
    series: cells.flatMap(({ arm, boots, median }) => {
      const mark = markOf(arm);
      const places = boots.flatMap(({ boot, rounds }) =>
        rounds.map(({ seconds }, i) => [boot + (i - (rounds.length - 1) / 2) * ROUND_STEP, seconds]),
      );
      const ends = [0, end].map((boot) => [boot, median]);
      return [
        { ...dots(mark, places, { opacity: 0.75 }), name: arm },
        line(ends, { color: mark.color, type: "dashed", width: 1 }),
      ];
    }),
  });
}

/** Per-boot medians over size with each arm's line, over the measured range only. */
export function sweepPlot(thp: Thp, { over, unit }: Words, sweeps: readonly Sweep[], markOf: MarkOf): Plot {
  const title = `${unit.name === "seconds" ? "Time" : "Instructions"} over ${over}, ${formatThp(thp)}`;
  const described = sweeps.map(({ arm, line }) =>
    line === null ? `${arm}: no line` : `${arm}: ${formatSeconds(line.secondsPerGib.value)} ${unit.plural} per GiB`,
  );
  return dotPlot({
    caption: `${title}: each boot's median, and the line through them.`,
    label: `${title}. ${described.join("; ")}`,
    arms: sweeps.map(({ arm }) => arm),
    xAxis: { name: `${over}, GiB`, max: Math.max(...sweeps.flatMap(sizesOf)) },
    yName: unit.plural,
    rightPx: 16,
    series: sweeps.flatMap((sweep) => {
      const mark = markOf(sweep.arm);
      const sizes = sizesOf(sweep);
      const places = sweep.sizes.flatMap(({ bootMedians }, i) => bootMedians.map((median) => [sizes[i], median]));
      const ends = [sizes[0] as number, sizes.at(-1) as number];
      return [
        { ...dots(mark, places, { opacity: 0.75 }), name: sweep.arm },
        ...(sweep.line === null ? [] : [line(ends.map(onLine(sweep.line)), { color: mark.color, width: 1.5 })]),
      ];
    }),
  });
}

/** GiB, ascending. */
function sizesOf({ sizes }: Sweep): number[] {
  return sizes.map(({ memoryBytes }) => memoryBytes / GIB_BYTES);
}

function onLine({ interceptSeconds, secondsPerGib }: NonNullable<Sweep["line"]>): (gib: number) => [number, number] {
  return (gib) => [gib, interceptSeconds.value + secondsPerGib.value * gib];
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
  const described = sweeps.map(({ arm, projection: { memoryBytes, seconds } }) => {
    return `${arm}: ${formatSize(memoryBytes)} would take ${formatEstimate(seconds)} ${unit.plural}`;
  });
  return dotPlot({
    caption:
      `PROJECTION, NOT MEASURED: ${formatSize(bytes)}, ${formatThp(thp)}. Filled: measured. Dashed: the line carried ` +
      "on. Hollow, with its 95 % interval: what it would give.",
    label: `Plot of a projection, not measured, ${formatThp(thp)}. ${described.join("; ")}`,
    arms: sweeps.map(({ arm }) => arm),
    xAxis: { name: `${over}, GiB`, max: bytes / GIB_BYTES },
    yName: unit.plural,
    rightPx: 24,
    series: sweeps.flatMap((sweep) => {
      const mark = markOf(sweep.arm);
      const { color } = mark;
      const sizes = sizesOf(sweep);
      const { seconds, memoryBytes } = sweep.projection;
      const [smallest, largest, end] = [sizes[0] as number, sizes.at(-1) as number, memoryBytes / GIB_BYTES];
      const at = onLine(sweep.line);
      // A line says nothing of a time below zero.
      const interval = [Math.max(0, seconds.low), seconds.high].map((bound) => [end, bound]);
      const medians = sweep.sizes.map(({ median }, i) => [sizes[i], median]);
      const hollow = { color: "var(--ground)", borderColor: color, borderWidth: 2 };
      return [
        { ...dots(mark, medians), name: sweep.arm },
        line([at(smallest), at(largest)], { color, width: 2 }),
        line([at(largest), at(end)], { color, width: 1.5, type: "dashed" }),
        line(interval, { color, width: 2 }),
        { ...dots(mark, [[end, seconds.value]], hollow), symbolSize: SYMBOL_PX + 2 },
      ];
    }),
  });
}

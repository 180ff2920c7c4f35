import type { FillGroup } from "../../analysis/figures.ts";
import { median } from "../../stats/median.ts";
import { count, formatSeconds, formatThp } from "../wording/format.ts";
import type { Words } from "../wording/words.ts";
import { axisStyle, line, type MarkOf } from "./axes.ts";
import type { Plot } from "./render-svg.ts";

const MEDIAN_STEPS = 100;

/**
 * Share of free memory zeroed over the wait for it: a line for each wait, the pointwise median thick.
 * @param endSeconds end of the axis; the same in plots that stand side by side
 */
function fillPlot({ arm, after, seconds, curves }: FillGroup, endSeconds: number, words: Words, markOf: MarkOf): Plot {
  const { color } = markOf(arm);
  const when = after === "boot" ? "after a boot" : `after ${words.round(after.memoryBytes)}, ${formatThp(after.thp)}`;
  const shares = (curve: Curve) => curve.map(([x, share]) => [x, share * 100]);
  const all = curves.map(({ curve }) => curve);
  return {
    caption:
      `The pool fills ${when} (${arm}): full after ${formatSeconds(seconds.median)} ${words.unit.symbol}, median of ` +
      `${count(curves.length, "wait")}; thick: median line.`,
    label:
      `Line plot of the share of free memory zeroed, ${arm}, ${when}: full after ${formatSeconds(seconds.median)} ` +
      `${words.unit.plural}, the slowest after ${formatSeconds(seconds.max)}`,
    height: 230,
    option: {
      grid: { left: 48, right: 16, top: 12, bottom: 42 },
      xAxis: { ...axisStyle, type: "value", name: words.unit.plural, nameGap: 26, min: 0, max: endSeconds },
      yAxis: { ...axisStyle, type: "value", name: "% of free memory zero", nameGap: 34, min: 0, max: 100 },
      series: [
        ...all.map((curve) => line(shares(curve), { color, width: 1, opacity: 0.45 })),
        line(shares(medianCurve(all, MEDIAN_STEPS)), { color, width: 3 }),
      ],
    },
  };
}

/** Plots of all groups that have curves, on one time axis. */
export function fillPlots(fills: readonly FillGroup[], words: Words, markOf: MarkOf): Plot[] {
  const drawn = fills.filter((group) => group.curves.length > 0);
  const longest = Math.max(0, ...drawn.flatMap((group) => group.curves.map(({ curve }) => curve.at(-1)?.[0] ?? 0)));
  // Whole seconds, and never an axis without length.
  return drawn.map((group) => fillPlot(group, Math.max(1, Math.ceil(longest)), words, markOf));
}

/** Points in the order of x. */
type Curve = readonly (readonly [x: number, y: number])[];

/**
 * Pointwise median of curves, at evenly spaced x from 0 to the end of the longest. Between its points a curve is a
 * straight line; before its first and after its last point it stays what it was there.
 * @param steps number of intervals
 * @throws RangeError without curves, or with an empty one
 */
export function medianCurve(curves: readonly Curve[], steps: number): [x: number, y: number][] {
  if (curves.length === 0 || curves.some((curve) => curve.length === 0)) throw new RangeError("a curve needs points");
  const end = Math.max(...curves.map((curve) => (curve.at(-1) as Curve[number])[0]));
  const xs = end === 0 ? [0] : Array.from({ length: steps + 1 }, (_, i) => (end * i) / steps);
  return xs.map((x) => [x, median(curves.map((curve) => valueAt(curve, x)))]);
}

function valueAt(curve: Curve, x: number): number {
  const after = curve.findIndex((point) => point[0] >= x);
  const [x1, y1] = curve.at(after) as Curve[number];
  const [x0, y0] = curve[after - 1] ?? [x1, y1];
  return after <= 0 || x1 === x0 ? y1 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

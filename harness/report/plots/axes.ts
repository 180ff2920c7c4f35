import { type ArmKind, type ArmName, armParts } from "../../run/arm-name.ts";
import { breakBeforeKnobs } from "../wording/format.ts";

/** How an arm is drawn. */
type Mark = { color: string; symbol: string };

/**
 * Arms differ in colour (see page-style.ts) and in shape, so that they can be told apart without colour. The middle of each
 * shape is on the value: ECharts draws its own pin and arrow beside it.
 */
export const KIND_MARKS: Record<ArmKind, Mark> = {
  base: { color: "var(--base)", symbol: "circle" },
  "base-again": { color: "var(--base-again)", symbol: "triangle" },
  prezero: { color: "var(--prezero)", symbol: "diamond" },
  "prezero-disabled": { color: "var(--prezero-disabled)", symbol: "rect" },
  "init-on-free": { color: "var(--init-on-free)", symbol: "path://M0 0H10L5 9Z" },
  prealloc: { color: "var(--prealloc)", symbol: "path://M3 0H7V3H10V7H7V10H3V7H0V3H3Z" },
  hugetlb: { color: "var(--hugetlb)", symbol: "path://M5 0L10 4L8 10H2L0 4Z" },
  limit: { color: "var(--faint)", symbol: "roundRect" },
};

/** For more arms of a kind, of other kernels or with other settings, in this order; page-style.ts has as many. */
const MORE_COLORS = 6;

/** Tells how an arm is drawn. */
export type MarkOf = (arm: ArmName) => Mark;

/**
 * How the arms of a run are drawn, in every plot of it alike: the first of its kind in the kind's colour, the others in
 * colours of their own.
 * @param arms of the run, in their order
 */
export function marksOf(arms: readonly ArmName[]): MarkOf {
  const marks = new Map<ArmName, Mark>();
  const kinds = new Set<ArmKind>();
  for (const arm of arms) {
    const { kind } = armParts(arm);
    const more = marks.size - kinds.size;
    const own = kinds.has(kind) ? { color: `var(--other-${(more % MORE_COLORS) + 1})` } : {};
    marks.set(arm, { ...KIND_MARKS[kind], ...own });
    kinds.add(kind);
  }
  return (arm) => marks.get(arm) as Mark;
}

/** Narrow enough to be read on a telephone without shrinking; a page sets several side by side where there is room. */
export const PLOT_WIDTH_PX = 380;

export const SYMBOL_PX = 8;

/** Settings of every axis: the page's text colour, thin grid. */
export const axisStyle = {
  nameLocation: "middle",
  nameTextStyle: { color: "currentColor" },
  axisLabel: { color: "currentColor" },
  axisLine: { show: true, lineStyle: { color: "currentColor", opacity: 0.6 } },
  axisTick: { show: true, lineStyle: { color: "currentColor", opacity: 0.6 } },
  splitLine: { lineStyle: { color: "currentColor", opacity: 0.15 } },
} as const;

const legendStyle = {
  left: 0,
  itemWidth: 12,
  itemHeight: 10,
  itemGap: 18,
  textStyle: { color: "currentColor" },
} as const;

const LEGEND_ROW_PX = 18;
/** Below the legend, for the topmost label of an axis. */
const LEGEND_GAP_PX = 16;
/** Mark and gaps of a name in the legend, and each of its letters, in the widest of the usual fonts. */
const LEGEND_ITEM_PX = legendStyle.itemWidth + 5 + legendStyle.itemGap;
const LETTER_PX = 7.5;

/** A legend in as many lines as its names take: left to wrap by itself it would grow into the plot. */
export function legendOf(names: readonly string[]): { legend: object[]; heightPx: number } {
  const rows: string[][] = [];
  let leftPx = 0;
  for (const name of names) {
    const widthPx = LEGEND_ITEM_PX + LETTER_PX * name.length;
    if (rows.length === 0 || widthPx > leftPx) {
      rows.push([]);
      leftPx = PLOT_WIDTH_PX;
    }
    rows.at(-1)?.push(name);
    leftPx -= widthPx;
  }
  return {
    legend: rows.map((data, i) => ({ ...legendStyle, top: i * LEGEND_ROW_PX, data })),
    heightPx: rows.length * LEGEND_ROW_PX + LEGEND_GAP_PX,
  };
}

/** Drawn, never clicked: no hover styles, no clip paths. */
export const still = { silent: true, clip: false, emphasis: { disabled: true } } as const;

/** A line through places. */
export function line(data: readonly (readonly number[])[], lineStyle: object): object {
  return { ...still, type: "line", symbol: "none", lineStyle, data };
}

/** A dot of an arm's at each place. */
export function dots({ color, symbol }: Mark, data: readonly (readonly (number | undefined)[])[], style = {}): object {
  return { ...still, type: "scatter", symbol, symbolSize: SYMBOL_PX, itemStyle: { color, ...style }, data };
}

/** Left of an axis of names at least, and between the longest line of a name and the axis. */
const NAMES_PX = 110;
const NAMES_GAP_PX = 14;
const NAME_LINE_PX = 15;

/**
 * Names of rows as an axis takes them, what an arm sets in a line of its own, and the room that they need.
 * @param leastRowPx height of a row whose name is short
 */
export function rowNames(names: readonly string[], leastRowPx: number) {
  const data = names.map((name) => breakBeforeKnobs(name, "\n"));
  const lines = data.map((name) => name.split("\n"));
  const letters = Math.max(0, ...lines.flat().map((line) => line.length));
  return {
    axis: {
      ...axisStyle,
      type: "category",
      data,
      inverse: true,
      splitLine: { show: false },
      axisLabel: { ...axisStyle.axisLabel, lineHeight: NAME_LINE_PX },
    },
    leftPx: Math.max(NAMES_PX, Math.ceil(letters * LETTER_PX) + NAMES_GAP_PX),
    rowPx: Math.max(leastRowPx, ...lines.map((own) => own.length * NAME_LINE_PX + 6)),
  };
}

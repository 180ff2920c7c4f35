import type { ArmName } from "../../bench/sample.ts";

/** Arms differ in colour (see page-style.ts) and in shape, so that they can be told apart without colour. */
export const ARM_MARKS: Record<ArmName, { color: string; symbol: string }> = {
  base: { color: "var(--base)", symbol: "circle" },
  "base-again": { color: "var(--base-again)", symbol: "triangle" },
  prezero: { color: "var(--prezero)", symbol: "diamond" },
  "prezero-disabled": { color: "var(--prezero-disabled)", symbol: "rect" },
  "init-on-free": { color: "var(--init-on-free)", symbol: "triangle" },
  prealloc: { color: "var(--prealloc)", symbol: "pin" },
  hugetlb: { color: "var(--hugetlb)", symbol: "arrow" },
  limit: { color: "var(--faint)", symbol: "roundRect" },
};

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

export const legendStyle = {
  top: 0,
  left: 0,
  itemWidth: 12,
  itemHeight: 10,
  itemGap: 18,
  textStyle: { color: "currentColor" },
} as const;

/** Drawn, never clicked: no hover styles, no clip paths. */
export const still = { silent: true, clip: false, emphasis: { disabled: true } } as const;

import { formatP, formatRange, formatRatio, formatTime } from "../../analysis/format.ts";
import type { Effect } from "../../analysis/summary.ts";

/** An effect as every table shows it: both medians in seconds, ratio, its interval, boots an arm, p. */
export function effectFigures(effect: Effect): string[] {
  return [
    formatTime(effect.base),
    formatTime(effect.arm),
    formatRatio(effect.ratio),
    formatRange(effect.low, effect.high, formatRatio),
    String(effect.boots),
    formatP(effect.p),
  ];
}

import type { Thp } from "../../run/sample.ts";
import type { Estimate } from "../../stats/line.ts";

/** Stands where nothing was measured or counted. */
export const NOTHING = "-";

/** The value as text, or a dash where there is none. */
export function orNothing(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? NOTHING : format(value);
}

/** A figure of a run without its unit, or seconds: 0.012, 1.16, 36.10, 273.4. */
export function formatSeconds(seconds: number): string {
  const size = Math.abs(seconds);
  return seconds.toFixed(size > 0 && size < 0.1 ? 3 : size < 100 ? 2 : 1);
}

/** What a round took, without the unit; a few thousandths, which no VM takes but a program may, as 0.00123. */
export function formatTime(seconds: number): string {
  return seconds > 0 && seconds < 0.01 ? seconds.toFixed(5) : formatSeconds(seconds);
}

/** A figure whose name tells its unit, to four digits: 0.02512, 3.162, 131072. */
export function formatFigure(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)));
}

/** The same with three digits or so, for headlines and mail: 0.00123, 0.052, 1.57, 48.9, 273. */
export function formatShort(value: number): string {
  const small = value > 0 && value < 0.1 ? (value < 0.01 ? 5 : 3) : undefined;
  return value.toFixed(small ?? (value < 10 ? 2 : value < 100 ? 1 : 0));
}

/** Two figures, with a digit more where they differ by less than {@link formatShort} shows: 0.14 and 0.13, 0.142 and 0.139. */
export function formatApart(one: number, other: number): [string, string] {
  const short: [string, string] = [formatShort(one), formatShort(other)];
  return short[0] === short[1] ? [one.toPrecision(3), other.toPrecision(3)] : short;
}

/** Ratio of two figures: 0.98, 1.90, 15.2, 151. */
export function formatRatio(ratio: number): string {
  return ratio.toFixed(ratio < 10 ? 2 : ratio < 100 ? 1 : 0);
}

/** Distance of a ratio of at least 1 from 1, in percent without the sign: 0.4, 8.2, 35, 140. */
export function formatDifference(ratio: number): string {
  const percent = (ratio - 1) * 100;
  return percent.toFixed(percent < 10 ? 1 : 0);
}

/** Share in percent, without the sign: 99.95, 98.2, 0.0; two decimals only where 99 and 100 have to be told apart. */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent < 99 || share === 1) return percent.toFixed(1);
  // Rounding up would print 100 for a share that is less.
  return (Math.floor(percent * 100 + 1e-9) / 100).toFixed(2);
}

/** p-value: 0.029, or `<0.001`. */
export function formatP(p: number | null): string {
  if (p === null) return NOTHING;
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

/** `1.86 to 1.98`. */
export function formatRange(
  low: number | null | undefined,
  high: number | null | undefined,
  format: (value: number) => string,
): string {
  return low == null || high == null ? NOTHING : `${format(low)} to ${format(high)}`;
}

/** `285.0 (269.1 to 301.4)`. */
export function formatEstimate(estimate: Estimate): string {
  return `${formatSeconds(estimate.value)} (${formatRange(estimate.low, estimate.high, formatSeconds)})`;
}

/** Huge page setting in a column headed `THP`: on, off, 64K. */
export function formatThpCell(thp: Thp): string {
  return thp === "mthp-64k" ? "64K" : thp;
}

/** Huge page setting in words: `THP on`, `THP 64K`. */
export function formatThp(thp: Thp): string {
  return `THP ${formatThpCell(thp)}`;
}

/** `1 boot`, `4 boots`. */
export function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? "" : "s"}`;
}

/** The name of an arm, alone or in a text, with a break before each thing that it sets. */
export function breakBeforeKnobs(text: string, lineBreak: string): string {
  return text.replaceAll(/\+(?=\w+=)/g, `${lineBreak}+`);
}

import { type CpuPrice, cpuPrice } from "../../analysis/cost.ts";
import { isAgain } from "../../analysis/effects.ts";
import type { Effect } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import { formatSize } from "../../base/size.ts";
import { armParts } from "../../run/arm-name.ts";
import { describeConditions } from "../../run/conditions.ts";
import type { Unit } from "../../run/measure.ts";
import { ALPHA } from "../../stats/verdict.ts";
import {
  count,
  formatDifference,
  formatP,
  formatRange,
  formatRatio,
  formatSeconds,
  formatThp,
  formatTime,
  orNothing,
} from "../wording/format.ts";
import { verdictText, wordsOf } from "../wording/words.ts";
import { ARM_NAME, figures, THP, tableOf, where, words } from "./columns.ts";
import type { Section } from "./section.ts";

const LIMIT_NOTE = "limit: never clears, not usable. It is a measure of what clearing costs, not a way to save it.";

const NO_PRICE_NOTE =
  "No CPU price: the program watches until something happens, and its CPU time is that of watching.";

/** The answer: each arm against base at the headline's size, with its price beside it. */
export function resultSection(summary: Summary): Section {
  const { run, effects } = summary;
  const bytes = run.settings.memoryBytes;
  const headline = effects.filter((effect) => effect.memoryBytes === bytes);
  const { heading: headingOf, such, unit } = wordsOf(run);
  const { symbol, plural } = unit;
  const heading = `Result: ${headingOf(formatSize(bytes))}`;
  if (headline.length === 0) {
    return {
      id: "result",
      heading,
      intro: ["Nothing to compare yet: base and another arm need a finished boot each."],
    };
  }
  const conditions = describeConditions(run.settings.conditions).map(([name, value]) => `${name}: ${value}`);
  const again = headline.filter(isAgain);
  const price = cpuPrice(summary, headline);
  const hasRefill = headline.some((effect) => effect.refillSeconds !== null);
  return {
    id: "result",
    heading,
    ...(conditions.length > 0 ? { intro: conditions } : {}),
    table: tableOf(
      headline,
      [
        THP,
        ARM_NAME,
        figures("base/arm", ({ ratio }) => formatRatio(ratio)),
        figures("95 % interval", ({ low, high }) => formatRange(low, high, formatRatio)),
        words("verdict", (effect) => verdictOfRow(effect, unit)),
        figures(`base ${symbol}`, ({ base }) => formatTime(base)),
        figures(`arm ${symbol}`, ({ arm }) => formatTime(arm)),
        ...where(
          price !== null,
          figures("CPU x", (effect: Effect) => orNothing(price?.ratioOf(effect), formatRatio)),
        ),
        ...where(
          hasRefill,
          figures(`refill ${symbol}`, (effect: Effect) => orNothing(effect.refillSeconds, formatSeconds)),
        ),
        figures("p", ({ p }) => formatP(p)),
        ...where(
          again.length > 0,
          figures("noise %", (effect: Effect) => orNothing(effect.noiseFloor, formatDifference)),
        ),
      ],
      2,
    ),
    notes: [
      `base/arm: above 1 the arm takes ${unit.name === "seconds" ? "less time" : "fewer instructions"}. base ` +
        `${symbol}, arm ${symbol}: ${plural}, medians of per-boot medians. Interval and p: over ` +
        `${bootsText(headline)} of each` +
        (headline.length > 1 && headline.some((effect) => effect.p !== null)
          ? `; p is not adjusted for the ${count(headline.length, "comparison")} (level ${ALPHA}).`
          : "."),
      priceNote(price, hasRefill ? `refill ${symbol}: until the pool is full again after ${such}, median.` : ""),
      ...(headline.some((effect) => effect.verdict === "no difference that matters")
        ? [`no difference that matters: all of the interval is within ${percent(summary.matters)} of 1.`]
        : []),
      ...(headline.some((effect) => armParts(effect.armName).kind === "limit") ? [LIMIT_NOTE] : []),
      ...(again.length > 0 ? [noiseNote(again)] : []),
    ],
  };
}

function priceNote(price: CpuPrice | null, refill: string): string {
  return [price === null ? NO_PRICE_NOTE : `CPU x: ${priceText(price)}.`, refill]
    .filter((text) => text !== "")
    .join(" ");
}

/** What a CPU price is a ratio of. */
export function priceText({ of }: CpuPrice): string {
  return of === "round"
    ? "all CPU time of the host under test for a round, from a full pool to a full pool again, arm/base"
    : "all CPU time of the host under test for a whole boot with all its rounds, arm/base";
}

/** Whole percent, or as many digits as it has. */
function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}

/** A kernel against itself is neither faster nor slower: it tells about the instrument. */
function verdictOfRow(effect: Effect, unit: Unit): string {
  if (!isAgain(effect)) return verdictText(effect.verdict, unit);
  if (effect.verdict === "too few boots") return "A/A: too few boots";
  return effect.verdict.startsWith("no difference") ? "A/A: noise floor" : "A/A: DIFFERS";
}

function noiseNote(again: readonly Effect[]): string {
  const what = "base-again is base once more, the same kernel and settings with boots of its own (A/A)";
  const floors = again.flatMap(({ thp, noiseFloor }) =>
    noiseFloor === null ? [] : [`${formatDifference(noiseFloor)} % (${formatThp(thp)})`],
  );
  if (floors.length === 0) return `${what}; too few boots for an interval, so the noise floor is not known.`;
  return (
    `${what}. Two halves of the same kernel differed by up to ${floors.join(", ")}: the noise floor (noise %), which is ` +
    "the bound of the A/A ratio's 95 % interval that is further from 1. What lies inside it is called within noise."
  );
}

/** `4 boots`, or `3 to 4 boots` where comparisons differ. */
function bootsText(effects: readonly Effect[]): string {
  const numbers = effects.map((effect) => effect.boots);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  return least === most ? count(most, "boot") : `${least} to ${count(most, "boot")}`;
}

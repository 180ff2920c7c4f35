import { isAgain } from "../../analysis/effects.ts";
import {
  count,
  formatDifference,
  formatP,
  formatRange,
  formatRatio,
  formatSeconds,
  formatThp,
  formatThpCell,
  formatTime,
  orNothing,
} from "../../analysis/format.ts";
import { cpuPrice } from "../../analysis/price.ts";
import type { Effect, Summary } from "../../analysis/summary.ts";
import { wordsOf } from "../../analysis/words.ts";
import { armParts } from "../../run/arm-name.ts";
import { describeConditions } from "../../run/conditions.ts";
import { ALPHA } from "../../stats/verdict.ts";
import type { Section } from "../section.ts";
import { planNotes } from "./plan.ts";

const LIMIT_NOTE = "limit: never clears, not usable. It is a measure of what clearing costs, not a way to save it.";

/** The answer: each arm against base at the headline's size, with its price beside it. */
export function resultSection(summary: Summary): Section {
  const { run, effects, plans } = summary;
  const bytes = run.settings.memoryBytes;
  const headline = effects.filter((effect) => effect.memoryBytes === bytes);
  const words = wordsOf(run);
  const heading = `Result: ${words.heading}`;
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
  return {
    id: "result",
    heading,
    ...(conditions.length > 0 ? { intro: conditions } : {}),
    table: {
      columns: [
        { label: "THP" },
        { label: "arm" },
        { label: "base s", numeric: true },
        { label: "arm s", numeric: true },
        { label: "base/arm", numeric: true },
        { label: "CPU x", numeric: true },
        { label: "refill", numeric: true },
        { label: "95 %", numeric: true },
        { label: "p", numeric: true },
        ...(again.length > 0 ? [{ label: "noise %", numeric: true }] : []),
        { label: "verdict" },
      ],
      rows: headline.map((effect) => [
        formatThpCell(effect.thp),
        effect.armName,
        formatTime(effect.base),
        formatTime(effect.arm),
        formatRatio(effect.ratio),
        orNothing(price.ratioOf(effect), formatRatio),
        orNothing(effect.refillSeconds, formatSeconds),
        formatRange(effect.low, effect.high, formatRatio),
        formatP(effect.p),
        ...(again.length > 0 ? [orNothing(effect.noiseFloor, formatDifference)] : []),
        verdictText(effect),
      ]),
    },
    notes: [
      "base s and arm s are medians of per-boot medians; base/arm above 1 means that the arm is faster; 95 %: interval " +
        `of base/arm over ${bootsText(headline)} of each.` +
        (headline.some((effect) => effect.p !== null)
          ? ` Each p stands for itself: it is not adjusted for the ${count(headline.length, "comparison")} above (level ${ALPHA}).`
          : ""),
      `The price. CPU x: ${price.note}. refill: seconds until the pool is full again after ${words.such}, median.`,
      ...(headline.some((effect) => armParts(effect.armName).kind === "limit") ? [LIMIT_NOTE] : []),
      ...(again.length > 0 ? [noiseNote(again)] : []),
      ...planNotes(plans),
    ],
  };
}

/** A kernel against itself is neither faster nor slower: it tells about the instrument. */
function verdictText(effect: Effect): string {
  if (!isAgain(effect)) return effect.verdict;
  if (effect.verdict === "too few boots") return "A/A: too few boots";
  return effect.verdict === "no difference shown" ? "A/A: noise floor" : "A/A: DIFFERS";
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

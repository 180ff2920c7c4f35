import { cpuPrice } from "../../analysis/cost.ts";
import { headlineOf } from "../../analysis/effects.ts";
import type { Effect } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import { onSameKernel } from "../../run/arm-name.ts";
import type { Unit } from "../../run/measure.ts";
import { formatApart, formatDifference, formatRatio, formatThp } from "./format.ts";
import { wordsOf } from "./words.ts";

/**
 * A run in one sentence: `8G VM, THP on: 16.8 s to 1.05 s, 15.9 times faster, 10 % more CPU (emulated, not hardware
 * times).` Undefined where nothing was compared.
 */
export function headlineText(summary: Summary): string | undefined {
  const { run, setting, effects } = summary;
  const effect = headlineOf(run, effects);
  if (effect === undefined) return undefined;
  const { subject, unit } = wordsOf(run);
  const base = onSameKernel(effect.armName, "base");
  const isBound = summary.caveats.some(
    (caveat) => caveat.kind === "lower-bounds" && caveat.arms.some(({ arm }) => arm === base),
  );
  const over = isBound ? "over " : "";
  const [from, to] = formatApart(effect.base, effect.arm);
  const figures = `${over}${from} ${unit.symbol} to ${to} ${unit.symbol}${unit.name === "instructions" ? " instructions" : ""}`;
  const arm = effect.armName === "prezero" ? "" : `, ${effect.armName}`;
  const price = cpuPrice(summary, [effect]);
  // That of whole boots is of more than the two creations that the sentence is about.
  const cpu = cpuText(price?.of === "round" ? price.ratioOf(effect) : null);
  const caution =
    setting?.accelerator !== "tcg"
      ? ""
      : unit.name === "instructions"
        ? " (counted, not timed)"
        : " (emulated, not hardware times)";
  return `${subject}, ${formatThp(effect.thp)}${arm}: ${figures}, ${changeText(effect, unit, over)}${cpu}${caution}.`;
}

/** The change by an effect in a few words: `15.9 times faster`, `2.1 % slower`, `no difference shown`. */
export function changeText({ verdict, ratio }: Pick<Effect, "verdict" | "ratio">, { name }: Unit, over = ""): string {
  if (verdict === "faster") {
    return name === "seconds"
      ? `${over}${formatRatio(ratio)} times faster`
      : `a factor of ${over}${formatRatio(ratio)}`;
  }
  if (verdict === "slower") return `${formatDifference(1 / ratio)} % ${name === "seconds" ? "slower" : "more"}`;
  return verdict;
}

function cpuText(ratio: number | null): string {
  if (ratio === null) return "";
  const percent = Math.round(Math.abs(ratio - 1) * 100);
  if (percent === 0) return ", the same CPU";
  return `, ${percent} % ${ratio > 1 ? "more" : "less"} CPU`;
}

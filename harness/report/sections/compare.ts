import type { Comparison } from "../../analysis/compare-runs.ts";
import { formatP, formatRange, formatRatio, formatTime } from "../wording/format.ts";
import { verdictText, wordsOf } from "../wording/words.ts";
import { ARM_NAME, figures, sizeAs, THP, tableOf, words } from "./columns.ts";
import type { Section } from "./section.ts";
import { kernelText } from "./what-ran.ts";

/** Two runs side by side, and the kernels that they ran. */
export function compareSections({ a, b, effects }: Comparison): Section[] {
  const { noun, heading, unit } = wordsOf(b);
  const table = tableOf(
    effects,
    [
      THP,
      sizeAs(noun),
      ARM_NAME,
      figures("A/B", ({ ratio }) => formatRatio(ratio)),
      figures("95 % interval", ({ low, high }) => formatRange(low, high, formatRatio)),
      words("B is", ({ verdict }) => verdictText(verdict, unit)),
      figures(`A ${unit.symbol}`, ({ base }) => formatTime(base)),
      figures(`B ${unit.symbol}`, ({ arm }) => formatTime(arm)),
      figures("boots", ({ boots }) => String(boots)),
      figures("p", ({ p }) => formatP(p)),
    ],
    3,
  );
  const kernels = [a, b].flatMap((run, i) =>
    Object.entries(run.kernels).map(([arm, kernel]) => [i === 0 ? "A" : "B", arm, kernelText(kernel)]),
  );
  return [
    { id: "compare", heading: `A: ${a.id}, B: ${b.id}; ${heading("each size")}`, table },
    {
      id: "kernels",
      heading: "Kernels",
      table: { columns: [{ label: "" }, { label: "arm" }, { label: "kernel" }], rows: kernels, keys: 2 },
    },
  ];
}

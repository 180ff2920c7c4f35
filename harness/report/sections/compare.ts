import type { Comparison } from "../../analysis/compare-runs.ts";
import { formatSize } from "../../base/size.ts";
import { formatP, formatRange, formatRatio, formatThpCell, formatTime } from "../wording/format.ts";
import { verdictText, wordsOf } from "../wording/words.ts";
import type { Section } from "./section.ts";
import { kernelText } from "./what-ran.ts";

/** Two runs side by side, and the kernels that they ran. */
export function compareSections({ a, b, effects }: Comparison): Section[] {
  const { noun, heading, unit } = wordsOf(b);
  const figures: Section = {
    id: "compare",
    heading: `A: ${a.id}, B: ${b.id}; ${heading("each size")}`,
    table: {
      keys: 3,
      columns: [
        { label: "THP" },
        { label: noun, numeric: true },
        { label: "arm" },
        { label: "A/B", numeric: true },
        { label: "95 % interval", numeric: true },
        { label: "B is" },
        { label: `A ${unit.symbol}`, numeric: true },
        { label: `B ${unit.symbol}`, numeric: true },
        { label: "boots", numeric: true },
        { label: "p", numeric: true },
      ],
      rows: effects.map((effect) => [
        formatThpCell(effect.thp),
        formatSize(effect.memoryBytes),
        effect.armName,
        formatRatio(effect.ratio),
        formatRange(effect.low, effect.high, formatRatio),
        verdictText(effect.verdict, unit),
        formatTime(effect.base),
        formatTime(effect.arm),
        String(effect.boots),
        formatP(effect.p),
      ]),
    },
  };
  const kernels = [a, b].flatMap((run, i) =>
    Object.entries(run.kernels).map(([arm, kernel]) => [i === 0 ? "A" : "B", arm, kernelText(kernel)]),
  );
  return [
    figures,
    {
      id: "kernels",
      heading: "Kernels",
      table: { columns: [{ label: "" }, { label: "arm" }, { label: "kernel" }], rows: kernels, keys: 2 },
    },
  ];
}

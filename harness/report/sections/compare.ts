import type { Comparison } from "../../analysis/compare-runs.ts";
import { formatThpCell } from "../../analysis/format.ts";
import { wordsOf } from "../../analysis/words.ts";
import { formatSize } from "../../base/size.ts";
import type { Section } from "../section.ts";
import { effectFigures } from "./effect-cells.ts";
import { kernelText } from "./what-ran.ts";

/** Two runs side by side, and the kernels that they ran. */
export function compareSections({ a, b, effects }: Comparison): Section[] {
  const words = wordsOf(b);
  const times: Section = {
    id: "compare",
    heading: `A: ${a.id}, B: ${b.id}; ${words.compared}`,
    table: {
      columns: [
        { label: "THP" },
        { label: words.noun, numeric: true },
        { label: "arm" },
        { label: "A s", numeric: true },
        { label: "B s", numeric: true },
        { label: "A/B", numeric: true },
        { label: "95 % interval", numeric: true },
        { label: "boots", numeric: true },
        { label: "p", numeric: true },
        { label: "B is" },
      ],
      rows: effects.map((effect) => [
        formatThpCell(effect.thp),
        formatSize(effect.memoryBytes),
        effect.armName,
        ...effectFigures(effect),
        effect.verdict,
      ]),
    },
  };
  const kernels = [a, b].flatMap((run, i) =>
    Object.entries(run.kernels).map(([arm, kernel]) => [i === 0 ? "A" : "B", arm, kernelText(kernel)]),
  );
  return [
    times,
    {
      id: "kernels",
      heading: "Kernels",
      table: { columns: [{ label: "" }, { label: "arm" }, { label: "kernel" }], rows: kernels },
    },
  ];
}

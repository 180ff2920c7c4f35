import type { Summary } from "../../analysis/summary.ts";
import { formatSize } from "../../base/size.ts";
import { FAR } from "../../stats/outliers.ts";
import { count, formatThpCell, formatTime } from "../wording/format.ts";
import { wordsOf } from "../wording/words.ts";
import type { Section } from "./section.ts";

/** Boots and rounds that a reader should look at twice; no section where there are none. */
export function outlierSections({ run, outliers }: Summary): Section[] {
  if (outliers.values.length === 0) return [];
  const words = wordsOf(run);
  return [
    {
      id: "outliers",
      heading: `Far from the rest of their arm, and kept in every figure; ${words.unit.plural}`,
      table: {
        keys: 5,
        columns: [
          { label: "THP" },
          { label: words.noun, numeric: true },
          { label: "arm" },
          { label: "boot", numeric: true },
          { label: "round", numeric: true },
          { label: "measured", numeric: true },
          { label: "median", numeric: true },
          { label: "MADs", numeric: true },
        ],
        rows: outliers.values.map(({ thp, memoryBytes, arm, boot, round, seconds, median, distance }) => [
          formatThpCell(thp),
          formatSize(memoryBytes),
          arm,
          String(boot),
          round === null ? "all" : String(round),
          formatTime(seconds),
          formatTime(median),
          distance.toFixed(1),
        ]),
      },
      notes: [
        `Further than ${FAR} scaled MADs from the median of the arm's boots (round: all) or of all its rounds. Chance alone ` +
          `names a value in about one group of ten, and ${count(outliers.groups, "group")} of four values or more ` +
          `${outliers.groups === 1 ? "was" : "were"} looked at. Look at the console of the boot; nothing was left out.`,
      ],
    },
  ];
}

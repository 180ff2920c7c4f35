import type { ArmTotal } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import type { PoolPages } from "../../run/sample.ts";
import { NOTHING, orNothing } from "../wording/format.ts";
import { wordsOf } from "../wording/words.ts";
import { ARM, figures, tableOf, words } from "./columns.ts";
import type { Section } from "./section.ts";

/** What became of the memory that was cleared, of arms with the series; no section in runs that do not tell. */
export function pagesSections({ run, totals }: Pick<Summary, "run" | "totals">): Section[] {
  const rows = totals.filter((total): total is ArmTotal & { pages: PoolPages } => total.pages !== null);
  if (rows.length === 0) return [];
  return [
    {
      id: "pages",
      heading: "What became of cleared pages per boot",
      table: tableOf(rows, [
        ARM,
        ...(["cleared", "hit", "miss", "wasted"] as const).map((name) =>
          figures(name, ({ pages }: (typeof rows)[number]) => pages[name].toFixed(0)),
        ),
        figures("lost", ({ pages: { lost } }) => orNothing(lost && sumOf(lost), (pages) => pages.toFixed(0))),
        words("lost by cause", ({ pages: { lost } }) => causesText(lost)),
      ]),
      notes: [
        `Pages of 4K, mean, counted from the host's boot to the end of its last ${wordsOf(run).thing}, for all of the host. ` +
          "hit, miss: handed out to requests for zeroes, without and with a need to clear them. wasted: cleared, and handed " +
          "out to others. lost: cleared, and taken off the free lists or forgotten for another reason. What was cleared and " +
          "is none of these was still free.",
      ],
    },
  ];
}

function sumOf(lost: NonNullable<PoolPages["lost"]>): number {
  return Object.values(lost).reduce((sum, pages) => sum + pages, 0);
}

/** The most first; what a mean of boots rounds to nothing is left out. */
function causesText(lost: PoolPages["lost"]): string {
  const causes = Object.entries(lost ?? {}).filter(([, pages]) => pages >= 0.5);
  const text = causes.toSorted(([, a], [, b]) => b - a).map(([cause, pages]) => `${cause} ${pages.toFixed(0)}`);
  return text.join(", ") || NOTHING;
}

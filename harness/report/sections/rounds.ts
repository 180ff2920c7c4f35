import type { Cell, CellBoot } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import { FAR } from "../../stats/outliers.ts";
import { count, formatThp, formatTime, orNothing } from "../wording/format.ts";
import { wordsOf } from "../wording/words.ts";
import { ARM, figures, sizeAs, THP, tableOf, words } from "./columns.ts";
import type { Section } from "./section.ts";

/** Every measured value at the headline's size, in the layout of the RFC: rounds across, without and with the series. */
export function roundSections({ run, cells }: Summary): Section[] {
  const { memoryBytes, thp } = run.settings;
  const { sized, unit } = wordsOf(run);
  return thp.flatMap((thp) => {
    const own = cells.filter((cell) => cell.memoryBytes === memoryBytes && cell.thp === thp);
    if (own.length === 0) return [];
    const rows = own.flatMap((cell) => cell.boots.map((boot, i) => ({ ...boot, cell: i === 0 ? cell : undefined })));
    const numbers = Array.from({ length: Math.max(...rows.map(({ rounds }) => rounds.length)) }, (_, i) => i);
    const seriesText = ({ arm }: Cell) => (run.kernels[arm]?.variant === "prezero" ? "w/" : "w/o");
    const table = tableOf(
      rows,
      [
        words("", ({ cell }) => (cell === undefined ? "" : seriesText(cell))),
        words("arm", ({ cell }) => cell?.arm ?? ""),
        figures("boot", ({ boot }) => String(boot)),
        ...numbers.map((i) =>
          figures(`round${i + 1}`, ({ rounds }: CellBoot) => orNothing(rounds[i]?.seconds, formatTime)),
        ),
        figures("median", ({ median }) => formatTime(median)),
      ],
      3,
    );
    const heading = `Each round, ${formatThp(thp)}, ${sized(memoryBytes)}, ${unit.plural}`;
    return [{ id: `rounds-${thp}`, heading, table }];
  });
}

/** Boots and rounds that a reader should look at twice; no section where there are none. */
export function outlierSections({ run, outliers }: Summary): Section[] {
  if (outliers.values.length === 0) return [];
  const { noun, unit } = wordsOf(run);
  return [
    {
      id: "outliers",
      heading: `Far from the rest of their arm, and kept in every figure; ${unit.plural}`,
      table: tableOf(
        outliers.values,
        [
          THP,
          sizeAs(noun),
          ARM,
          figures("boot", ({ boot }) => String(boot)),
          figures("round", ({ round }) => (round === null ? "all" : String(round))),
          figures("measured", ({ seconds }) => formatTime(seconds)),
          figures("median", ({ median }) => formatTime(median)),
          figures("MADs", ({ distance }) => distance.toFixed(1)),
        ],
        5,
      ),
      notes: [
        `Further than ${FAR} scaled MADs from the median of the arm's boots (round: all) or of all its rounds. Chance alone ` +
          `names a value in about one group of ten, and ${count(outliers.groups, "group")} of four values or more ` +
          `${outliers.groups === 1 ? "was" : "were"} looked at. Look at the console of the boot; nothing was left out.`,
      ],
    },
  ];
}

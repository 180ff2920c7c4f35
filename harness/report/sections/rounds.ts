import type { Cell } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import { formatSize } from "../../base/size.ts";
import type { Thp } from "../../run/sample.ts";
import { FAR } from "../../stats/outliers.ts";
import { count, formatThp, formatThpCell, formatTime, NOTHING } from "../wording/format.ts";
import { wordsOf } from "../wording/words.ts";
import type { Section } from "./section.ts";

/** Every measured value at the headline's size, in the layout of the RFC: rounds across, without and with the series. */
export function roundSections({ run, cells }: Summary): Section[] {
  const hasSeries = (cell: Cell) => run.kernels[cell.arm]?.variant === "prezero";
  const headline = cells.filter((cell) => cell.memoryBytes === run.settings.memoryBytes);
  const words = wordsOf(run);
  return run.settings.thp.flatMap((thp) => {
    const own = headline.filter((cell) => cell.thp === thp);
    return own.length === 0
      ? []
      : [roundSection(thp, `${words.sized(run.settings.memoryBytes)}, ${words.unit.plural}`, own, hasSeries)];
  });
}

function roundSection(thp: Thp, sized: string, cells: readonly Cell[], hasSeries: (cell: Cell) => boolean): Section {
  const widest = Math.max(...cells.flatMap((cell) => cell.boots.map((boot) => boot.rounds.length)));
  const numbers = Array.from({ length: widest }, (_, i) => i);
  return {
    id: `rounds-${thp}`,
    heading: `Each round, ${formatThp(thp)}, ${sized}`,
    table: {
      keys: 3,
      columns: [
        { label: "" },
        { label: "arm" },
        { label: "boot", numeric: true },
        ...numbers.map((i) => ({ label: `round${i + 1}`, numeric: true })),
        { label: "median", numeric: true },
      ],
      rows: cells.flatMap((cell) =>
        cell.boots.map((boot, i) => [
          i === 0 ? (hasSeries(cell) ? "w/" : "w/o") : "",
          i === 0 ? cell.arm : "",
          String(boot.boot),
          ...numbers.map((number) => {
            const round = boot.rounds[number];
            return round === undefined ? NOTHING : formatTime(round.seconds);
          }),
          formatTime(boot.median),
        ]),
      ),
    },
  };
}

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

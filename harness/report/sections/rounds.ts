import type { Cell } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import type { Thp } from "../../run/sample.ts";
import { formatThp, formatTime, NOTHING } from "../wording/format.ts";
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

import { besideOf, isBase } from "../../analysis/effects.ts";
import type { Cell } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import { formatSize } from "../../base/size.ts";
import type { Unit } from "../../run/measure.ts";
import { formatFigure, formatRatio, formatThpCell, NOTHING } from "../wording/format.ts";
import { wordsOf } from "../wording/words.ts";
import type { Section } from "./section.ts";

/** What a program measured beside its headline, each arm against base; no section where it measured nothing else. */
export function valuesSections({ run, cells }: Summary): Section[] {
  const { noun, unit } = wordsOf(run);
  const compared = cells.filter((cell) => !isBase(cell.arm));
  const rows = (compared.length > 0 ? compared : cells).flatMap((cell) =>
    valueRows(cell, besideOf(cells, cell, "base"), unit),
  );
  if (rows.length === 0) return [];
  return [
    {
      id: "values",
      heading: "Other figures",
      table: {
        keys: 4,
        columns: [
          { label: "THP" },
          { label: noun, numeric: true },
          { label: "arm" },
          { label: "figure" },
          { label: "in base", numeric: true },
          { label: "in arm", numeric: true },
          { label: "base/arm", numeric: true },
        ],
        rows,
      },
      notes: ["Medians of per-boot medians. Nothing was tested on them."],
    },
  ];
}

function valueRows(cell: Cell, base: Cell | undefined, unit: Unit): string[][] {
  const names = new Set([...Object.keys(base?.values ?? {}), ...Object.keys(cell.values)]);
  return [...names].map((name) => {
    const [before, after] = [base?.values[name], cell.values[name]];
    const { label, scale } = figureOf(name, unit);
    return [
      formatThpCell(cell.thp),
      formatSize(cell.memoryBytes),
      cell.arm,
      label,
      before === undefined ? NOTHING : formatFigure(before * scale),
      after === undefined ? NOTHING : formatFigure(after * scale),
      before && after ? formatRatio(before / after) : NOTHING,
    ];
  });
}

/** Units that end the name of a figure; those of time with the instructions that a counting clock calls so. */
const UNITS: Record<string, { symbol: string; instructions?: number }> = {
  Milliseconds: { symbol: "ms", instructions: 1e6 },
  Microseconds: { symbol: "µs", instructions: 1e3 },
  Nanoseconds: { symbol: "ns", instructions: 1 },
  Seconds: { symbol: "s", instructions: 1e9 },
  Share: { symbol: "share" },
  Count: { symbol: "count" },
  Bytes: { symbol: "bytes" },
  Mib: { symbol: "MiB" },
};

/** `meanMicroseconds` as `mean, µs`, or counted as `mean, instructions`, a thousand times as many. */
function figureOf(name: string, { name: counted, symbol }: Unit): { label: string; scale: number } {
  const [, what = name, ending = ""] = new RegExp(`^(.*?)(${Object.keys(UNITS).join("|")})$`).exec(name) ?? [];
  const unit = UNITS[ending];
  const text = what.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).trim();
  if (unit === undefined) return { label: text, scale: 1 };
  if (counted === "seconds" || unit.instructions === undefined) return { label: `${text}, ${unit.symbol}`, scale: 1 };
  if (unit.instructions === 1e9) return { label: `${text}, ${symbol} instructions`, scale: 1 };
  return { label: `${text}, instructions`, scale: unit.instructions };
}

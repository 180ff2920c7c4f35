import { besideOf, isBase } from "../../analysis/effects.ts";
import { formatFigure, formatRatio, formatThpCell, NOTHING } from "../../analysis/format.ts";
import type { Cell, Summary } from "../../analysis/summary.ts";
import { wordsOf } from "../../analysis/words.ts";
import { formatSize } from "../../base/size.ts";
import type { Section } from "../section.ts";

/** What a program measured beside its seconds, each arm against base; no section where it measured nothing else. */
export function valuesSections({ run, cells }: Summary): Section[] {
  const compared = cells.filter((cell) => !isBase(cell.arm));
  const rows = (compared.length > 0 ? compared : cells).flatMap((cell) =>
    valueRows(cell, besideOf(cells, cell, "base")),
  );
  if (rows.length === 0) return [];
  return [
    {
      id: "values",
      heading: "Other figures",
      table: {
        columns: [
          { label: "THP" },
          { label: wordsOf(run).noun, numeric: true },
          { label: "arm" },
          { label: "figure" },
          { label: "in base", numeric: true },
          { label: "in arm", numeric: true },
          { label: "base/arm", numeric: true },
        ],
        rows,
      },
      notes: ["Medians of per-boot medians, in the unit that ends the name. Nothing was tested on them."],
    },
  ];
}

function valueRows(cell: Cell, base: Cell | undefined): string[][] {
  const names = new Set([...Object.keys(base?.values ?? {}), ...Object.keys(cell.values)]);
  return [...names].map((name) => {
    const [before, after] = [base?.values[name], cell.values[name]];
    return [
      formatThpCell(cell.thp),
      formatSize(cell.memoryBytes),
      cell.arm,
      name,
      before === undefined ? NOTHING : formatFigure(before),
      after === undefined ? NOTHING : formatFigure(after),
      before && after ? formatRatio(before / after) : NOTHING,
    ];
  });
}

import { besideOf, isBase } from "../../analysis/effects.ts";
import type { Summary } from "../../analysis/summary.ts";
import type { Unit } from "../../run/measure.ts";
import { formatFigure, formatRatio, NOTHING, orNothing } from "../wording/format.ts";
import { wordsOf } from "../wording/words.ts";
import { ARM, figures, sizeAs, THP, tableOf, words } from "./columns.ts";
import type { Section } from "./section.ts";

/** What a program measured beside its headline, each arm against base; no section where it measured nothing else. */
export function valuesSections({ run, cells }: Summary): Section[] {
  const { noun, unit } = wordsOf(run);
  const compared = cells.filter((cell) => !isBase(cell.arm));
  const rows = (compared.length > 0 ? compared : cells).flatMap((cell) => {
    const base = besideOf(cells, cell, "base")?.values ?? {};
    const names = new Set([...Object.keys(base), ...Object.keys(cell.values)]);
    return [...names].map((name) => ({
      ...cell,
      ...figureOf(name, unit),
      before: base[name],
      after: cell.values[name],
    }));
  });
  if (rows.length === 0) return [];
  return [
    {
      id: "values",
      heading: "Other figures",
      table: tableOf(
        rows,
        [
          THP,
          sizeAs(noun),
          ARM,
          words("figure", ({ label }) => label),
          figures("in base", ({ before, scale }) => orNothing(before, (value) => formatFigure(value * scale))),
          figures("in arm", ({ after, scale }) => orNothing(after, (value) => formatFigure(value * scale))),
          figures("base/arm", ({ before, after }) => (before && after ? formatRatio(before / after) : NOTHING)),
        ],
        4,
      ),
      notes: ["Medians of per-boot medians. Nothing was tested on them."],
    },
  ];
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

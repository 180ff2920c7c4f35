import CliTable from "cli-table3";
import type { Report, Section, Table } from "./sections/section.ts";

/** Prose is not made wider than this, however wide the terminal is. */
const PROSE_COLUMNS = 100;
/** Where neither a terminal nor COLUMNS tells. */
const DEFAULT_COLUMNS = 80;
/** Narrower than this nothing is laid out. */
const LEAST_COLUMNS = 40;
/** A last column of text is not made narrower than this before a table is folded. */
const LAST_COLUMN_MIN = 24;
const GAP = 2;
const NO_BORDERS = Object.fromEntries(
  [
    ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
    ["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
  ]
    .flat()
    .map((name) => [name, ""]),
);

/** Columns of the terminal; without one those of COLUMNS, and without that 80, as mail and logs are read. */
export function terminalColumns(): number {
  const columns = process.stdout.columns ?? Number(process.env.COLUMNS);
  return Number.isInteger(columns) && columns > 0 ? Math.max(columns, LEAST_COLUMNS) : DEFAULT_COLUMNS;
}

/** A report as plain text, ending in a newline, the answer first. The method is left to Markdown and HTML. */
export function renderTerminal({ title, headline, caveats, sections }: Report, columns = terminalColumns()): string {
  const shown = sections.filter((section) => section.id !== "method");
  const head = [...(headline === undefined ? [] : [...wrap(headline, "", "", columns), ""]), `Run ${title}`];
  return `${head.join("\n")}\n${renderSections(shown, caveats, columns)}`;
}

/** Sections as plain text, ending in a newline; caveats come first. */
export function renderSections(
  sections: readonly Section[],
  caveats: readonly string[] = [],
  columns = terminalColumns(),
): string {
  const blocks = [
    ...caveats.map((caveat) => ["", ...wrap(caveat, "!! ", "   ", columns)]),
    ...sections.map((section) => renderSection(section, columns)),
  ];
  return `${blocks.flat().join("\n")}\n`;
}

function renderSection({ heading, intro = [], table, notes = [] }: Section, columns: number): string[] {
  return [
    "",
    ...wrap(heading, "", "  ", columns),
    ...intro.flatMap((text) => wrap(text, "  ", "  ", columns)),
    ...(table === undefined ? [] : layOut(table, columns)),
    ...notes.flatMap((text) => wrap(text, "  ", "  ", columns)),
  ];
}

/**
 * A table without borders, never wider than so many columns: optional columns are left out, a last column of text goes
 * on below itself, and what is wider still is folded: the columns that are too many stand below, behind the keys again.
 */
export function layOut(table: Table, columns: number): string[] {
  let shown = table;
  const left: string[] = [];
  while (leastWidth(shown) > columns) {
    const at = shown.columns.findLastIndex(({ optional }) => optional);
    if (at < 0) break;
    left.unshift(shown.columns[at]?.label ?? "");
    shown = pick(shown, (i) => i !== at);
  }
  const note = left.length === 0 ? [] : wrap(`A wider terminal shows: ${left.join(", ")}.`, "  ", "  ", columns);
  return [...foldsOf(shown, columns).flatMap((part, i) => [...(i > 0 ? [""] : []), ...draw(part, columns)]), ...note];
}

/** The parts that a table is folded into: each begins with its keys. */
function foldsOf(table: Table, columns: number): Table[] {
  if (leastWidth(table) <= columns) return [table];
  const { keys = 1 } = table;
  const groups: number[][] = [];
  for (let column = keys; column < table.columns.length; column++) {
    const last = groups.at(-1);
    const with_ = pick(table, (i) => i < keys || i === column || last?.includes(i) === true);
    if (last !== undefined && leastWidth(with_) <= columns) last.push(column);
    else groups.push([column]);
  }
  return groups.map((group) => pick(table, (i) => i < keys || group.includes(i)));
}

function pick(table: Table, isKept: (column: number) => boolean): Table {
  const kept = <T>(items: T[]): T[] => items.filter((_, i) => isKept(i));
  return { ...table, columns: kept(table.columns), rows: table.rows.map(kept) };
}

function naturalWidths({ columns, rows }: Table): number[] {
  return columns.map(({ label }, i) => Math.max(label.length, ...rows.map((row) => row[i]?.length ?? 0)));
}

/** Columns that a table takes at least, its last text broken. */
function leastWidth(table: Table): number {
  const widths = naturalWidths(table);
  const last = widths.length - 1;
  const isText = table.columns[last]?.numeric !== true;
  return widths.reduce(
    (sum, width, i) => sum + GAP + (i === last && isText ? Math.min(width, LAST_COLUMN_MIN) : width),
    0,
  );
}

function draw(table: Table, columns: number): string[] {
  const widths = naturalWidths(table);
  // What is still too wide is a name: the widest column is broken wherever that is.
  for (;;) {
    const over = widths.reduce((sum, width) => sum + GAP + width, 0) - columns;
    if (over <= 0) break;
    const last = widths.length - 1;
    const room = (widths[last] ?? 0) - over;
    const isText = table.columns[last]?.numeric !== true;
    const widest = isText && room >= LAST_COLUMN_MIN ? last : widths.indexOf(Math.max(...widths));
    widths[widest] = Math.max(1, (widths[widest] ?? 0) - over);
  }
  const words = table.rows.flatMap((row) => row.map((cell, i) => ({ cell, room: widths[i] ?? 0 })));
  const text = new CliTable({
    head: table.columns.map((column) => column.label),
    colAligns: table.columns.map((column) => (column.numeric ? "right" : "left")),
    colWidths: widths.map((width) => width + GAP),
    wordWrap: true,
    wrapOnWordBoundary: words.every(({ cell, room }) => cell.split(" ").every((word) => word.length <= room)),
    chars: NO_BORDERS,
    style: { head: [], border: [], compact: true, "padding-left": GAP, "padding-right": 0 },
  });
  text.push(...table.rows);
  return text
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
}

/** Words of a sentence in lines of at most so many columns; a word that is longer is broken. */
export function wrap(text: string, first: string, rest: string, columns: number): string[] {
  const width = Math.min(columns, PROSE_COLUMNS);
  const room = width - Math.max(first.length, rest.length);
  const words = text.split(" ").flatMap((word) => word.match(new RegExp(`.{1,${room}}`, "gu")) ?? [""]);
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of words) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

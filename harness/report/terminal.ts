import Table from "cli-table3";
import type { Summary } from "../analysis/summary.ts";
import type { Section, Table as TableData } from "./section.ts";
import { sectionsOf } from "./sections/all.ts";

/** Widest line of prose, and what the tables are made to fit. */
const COLUMNS = 100;
/** A last column is not made narrower than this, whatever the others need. */
const LAST_COLUMN_MIN = 13;
const NO_BORDERS = Object.fromEntries(
  [
    ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
    ["left", "left-mid", "mid", "mid-mid", "right", "right-mid"],
  ]
    .flat()
    .map((name) => [name, ""]),
);

/** The report as plain text, 100 columns wide, ending in a newline. The method is left to Markdown and HTML. */
export function renderTerminal(summary: Summary): string {
  const sections = sectionsOf(summary).filter((section) => section.id !== "method");
  return `Run ${summary.run.id}\n${renderSections(sections, summary.caveats)}`;
}

/** Sections as plain text, 100 columns wide, ending in a newline; caveats come first. */
export function renderSections(sections: readonly Section[], caveats: readonly string[] = []): string {
  const blocks = [...caveats.map((caveat) => ["", ...wrap(caveat, "!! ", "   ")]), ...sections.map(renderSection)];
  return `${blocks.flat().join("\n")}\n`;
}

function renderSection(section: Section): string[] {
  return [
    "",
    section.heading,
    ...(section.intro ?? []).flatMap((text) => wrap(text, "  ", "  ")),
    ...(section.table === undefined ? [] : layOut(section.table)),
    ...(section.notes ?? []).flatMap((text) => wrap(text, "  ", "  ")),
  ];
}

/** A table without borders, two spaces between columns; a last text column that is too long goes on below itself. */
export function layOut(table: TableData): string[] {
  const last = table.columns.length - 1;
  const widths = table.columns.map(({ label }, i) =>
    Math.max(label.length, ...table.rows.map((row) => row[i]?.length ?? 0)),
  );
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + 2, 2);
  const room = Math.max(COLUMNS - before, LAST_COLUMN_MIN);
  const text = new Table({
    head: table.columns.map((column) => column.label),
    colAligns: table.columns.map((column) => (column.numeric ? "right" : "left")),
    colWidths: widths.map((width, i) => (i === last ? Math.min(width, room) : width) + 2),
    wordWrap: true,
    chars: { ...NO_BORDERS, middle: "" },
    style: { head: [], border: [], compact: true, "padding-left": 2, "padding-right": 0 },
  });
  text.push(...table.rows);
  const lines = text
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
  return lines.filter((line) => line !== "");
}

/** Words of a sentence in lines of at most so many columns. */
export function wrap(text: string, first: string, rest: string, columns = COLUMNS): string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

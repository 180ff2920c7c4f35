import type { Summary } from "../analysis/summary.ts";
import type { Section, Table } from "./section.ts";
import { sectionsOf } from "./sections/all.ts";

/** The report as GitHub-flavoured Markdown, ending in a newline. */
export function renderMarkdown(summary: Summary): string {
  return renderDocument(summary.run.id, summary.caveats, sectionsOf(summary));
}

/** Sections under a title, caveats first, as GitHub-flavoured Markdown, ending in a newline. */
export function renderDocument(title: string, caveats: readonly string[], sections: readonly Section[]): string {
  const blocks = [
    `# ${escapeText(title)}`,
    ...caveats.map((caveat) => `> **${escapeText(caveat)}**`),
    ...sections.flatMap(renderSection),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function renderSection(section: Section): string[] {
  return [
    `## ${escapeText(section.heading)}`,
    ...(section.intro ?? []).map(escapeText),
    ...(section.table === undefined ? [] : [renderTable(section.table)]),
    ...(section.notes ?? []).map(escapeText),
  ];
}

function renderTable(table: Table): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(escapeText).join(" | ")} |`;
  return [
    row(table.columns.map((column) => column.label)),
    `| ${table.columns.map((column) => (column.numeric ? "---:" : "---")).join(" | ")} |`,
    ...table.rows.map(row),
  ].join("\n");
}

/** Text that Markdown shows as it is: names of CPUs and files may hold any character. */
function escapeText(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|#]/g, "\\$&").replaceAll(/\s+/g, " ");
}

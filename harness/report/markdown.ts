import type { Report, Section, Table } from "./sections/section.ts";

/** Where what was measured is, beside the report. */
export const RAW_FILES = ["samples.jsonl", "run.json"];

/** A report as GitHub-flavoured Markdown, ending in a newline: the answer, then what to know before believing it. */
export function renderMarkdown({ title, headline, caveats, sections }: Report): string {
  const blocks = [
    `# ${escapeText(title)}`,
    ...(headline === undefined ? [] : [`**${escapeText(headline)}**`]),
    ...caveats.map((caveat) => `> **${escapeText(caveat)}**`),
    ...sections.flatMap(renderSection),
    `Raw data: ${RAW_FILES.map((file) => `[${file}](${file})`).join(", ")}`,
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

import type { Summary } from "../analysis/summary.ts";
import { escapeMarkup } from "../base/quote.ts";
import { RAW_FILES } from "./markdown.ts";
import { pageStyle } from "./page-style.ts";
import { plotsOf } from "./plots/all.ts";
import { type Plot, renderSvg } from "./plots/render-svg.ts";
import { reportOf } from "./sections/all.ts";
import type { Section, Table } from "./sections/section.ts";
import { acceleratorText, machineText } from "./sections/what-ran.ts";
import { caveatTitles } from "./wording/caveats.ts";
import { breakBeforeKnobs } from "./wording/format.ts";

/**
 * The report as one HTML file that loads nothing (its own content policy forbids it) and runs nothing. The same summary
 * gives the same bytes.
 */
export function renderHtml(summary: Summary): string {
  const plots = plotsOf(summary);
  const { title, headline = title, caveats, sections } = reportOf(summary);
  const [result, ...others] = sections.map((section) => renderSection(section, plots.get(section.id) ?? []));
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeMarkup(title)}</title>
<style>
${pageStyle}
</style>
</head>
<body>
<main>
<h1>${escapeMarkup(headline)}</h1>
<p class="note">${escapeMarkup(subtitle(summary))} ${RAW_FILES.map((file) => `<a href="${file}">${file}</a>`).join(" ")}</p>
${[
  ...warning(summary),
  result,
  ...caveats.map((caveat, i) => `<p class="caveat"${i === 0 ? ' id="caveats"' : ""}>${escapeMarkup(caveat)}</p>`),
  ...others,
].join("\n")}
</main>
</body>
</html>
`;
}

/** What it was measured on, in a line. */
function subtitle(summary: Summary): string {
  const accelerator = acceleratorText(summary.setting ?? summary.run.settings);
  return `Run ${summary.run.id}; ${accelerator}; ${machineText(summary)}.`;
}

/** The loudest words of the caveats, before the first figure; all of them stand below the table. */
function warning(summary: Summary): string[] {
  const titles = escapeMarkup(caveatTitles(summary).join("; "));
  return titles === "" ? [] : [`<p class="caveat"><a href="#caveats">${titles}</a></p>`];
}

function renderSection(section: Section, plots: readonly Plot[]): string {
  const headingId = `h-${section.id}`;
  return [
    `<section id="${section.id}" aria-labelledby="${headingId}">`,
    `<h2 id="${headingId}">${escapeMarkup(section.heading)}</h2>`,
    ...(section.intro ?? []).map((text) => `<p>${escapeMarkup(text)}</p>`),
    '<div class="pair">',
    ...(section.table === undefined ? [] : [renderTable(section.table, headingId)]),
    ...plots.map((plot, i) => renderFigure(plot, `plot-${section.id}-${i}`)),
    "</div>",
    ...(section.notes ?? []).map((text) => `<p class="note">${escapeMarkup(text)}</p>`),
    "</section>",
  ].join("\n");
}

/** A table wider than the screen scrolls in a region of its own that the keyboard can reach. */
function renderTable({ columns, rows, keys = 1 }: Table, headingId: string): string {
  const cellClass = (i: number): string => (columns[i]?.numeric ? "number" : i < keys ? "short" : "text");
  const row = (cells: readonly string[], tag: "th" | "td"): string => {
    const scope = tag === "th" ? ' scope="col"' : "";
    return `<tr>${cells.map((text, i) => `<${tag}${scope} class="${cellClass(i)}">${cellHtml(text)}</${tag}>`).join("")}</tr>`;
  };
  const labels = columns.map((column) => column.label);
  return [
    `<div class="scroll" role="region" tabindex="0" aria-labelledby="${headingId}">`,
    "<table>",
    ...(labels.some((label) => label !== "") ? [`<thead>${row(labels, "th")}</thead>`] : []),
    "<tbody>",
    ...rows.map((cells) => row(cells, "td")),
    "</tbody>",
    "</table>",
    "</div>",
  ].join("\n");
}

function renderFigure(plot: Plot, id: string): string {
  return `<figure>\n${renderSvg(plot, id)}\n<figcaption>${escapeMarkup(plot.caption)}</figcaption>\n</figure>`;
}

/** What an arm sets stands below its kind: in a line of its own a table can be as wide as a page of paper. */
function cellHtml(text: string): string {
  return breakBeforeKnobs(escapeMarkup(text), "<br>");
}

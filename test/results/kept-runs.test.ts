import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadEffects, loadSummary } from "../../harness/analysis/summarize.ts";
import { projectPath } from "../../harness/base/paths.ts";
import { renderHtml } from "../../harness/report/html.ts";
import { renderMarkdown } from "../../harness/report/markdown.ts";
import { reportOf } from "../../harness/report/sections/all.ts";
import { listRunDirs } from "../../harness/run/store.ts";

const kept = listRunDirs(projectPath("results")).map((directory) => [basename(directory), directory] as const);

test("there are kept runs", () => expect(kept.length).toBeGreaterThan(0));

test.each(kept)("the kept run %s can be read, and has its table and its page", (_, directory) => {
  expect(loadEffects(directory).effects.length).toBeGreaterThan(0);
  for (const file of ["table.md", "report.html"]) expect(existsSync(join(directory, file)), file).toBe(true);
});

/** One that was timed and one that was counted stand for all; to make every page takes minutes. */
const GOLDEN = ["2026-11-25T09-40-21-8g", "2026-11-25T10-49-23-counted-all-arms"];

/** Equal, said without printing half a page of SVG when they are not. */
function expectSame(made: string, keptFile: string): void {
  const there = readFileSync(keptFile, "utf8");
  const differs = made.split("\n").findIndex((line, i) => line !== there.split("\n")[i]);
  const where = `${keptFile}:${differs + 1} differs; after a change of the report: npm run results -- html RUN...`;
  expect(made === there, where).toBe(true);
}

describe.each(GOLDEN)("the kept run %s", (run) => {
  const directory = projectPath("results", run);
  const summary = loadSummary(directory);

  test("has the table.md that its samples give, byte for byte", () => {
    expectSame(renderMarkdown(reportOf(summary)), join(directory, "table.md"));
  });

  test("has the report.html that its samples give, byte for byte", () => {
    expectSame(renderHtml(summary), join(directory, "report.html"));
  });

  test("speaks of instructions where those were counted, and nowhere of seconds", () => {
    const counted = summary.run.settings.clock === "instructions";
    const page = renderHtml(summary).replaceAll(
      /<style>[\s\S]*?<\/style>|<section id="what-ran"[\s\S]*?<\/section>/g,
      "",
    );
    // What an idle host waits is time, and the caveat says so.
    const words = page.replaceAll(/[^.]*billion instructions a second[^.]*\./g, "");
    expect(/\bseconds?\b| s<\/th>/.test(words)).toBe(!counted);
  });
});

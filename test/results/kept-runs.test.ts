import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadSummary } from "../../harness/analysis/load-run.ts";
import { projectPath } from "../../harness/base/paths.ts";
import { renderHtml } from "../../harness/report/html.ts";
import { renderMarkdown } from "../../harness/report/markdown.ts";
import { listRunDirs } from "../../harness/run/store.ts";

const kept = listRunDirs(projectPath("results")).map((directory) => [basename(directory), directory] as const);

/** Equal, said without printing half a page of SVG when they are not. */
function expectSame(made: string, keptFile: string): void {
  const there = readFileSync(keptFile, "utf8");
  const differs = made.split("\n").findIndex((line, i) => line !== there.split("\n")[i]);
  const where = `${keptFile}:${differs + 1} differs; after a change of the report: npm run results -- html RUN`;
  expect(made === there, where).toBe(true);
}

test("there are kept runs", () => expect(kept.length).toBeGreaterThan(0));

describe.each(kept)("the kept run %s", (_, directory) => {
  const summary = loadSummary(directory);

  test("has the table.md that its samples give, byte for byte", () => {
    expectSame(renderMarkdown(summary), join(directory, "table.md"));
  });

  test("has the report.html that its samples give, byte for byte", () => {
    expectSame(renderHtml(summary), join(directory, "report.html"));
  });
});

import { join } from "node:path";
import { loadSummary } from "../analysis/summarize.ts";
import type { Summary } from "../analysis/summary.ts";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { writingTo } from "../run/store.ts";
import { renderHtml } from "./html.ts";
import { renderMarkdown } from "./markdown.ts";
import { reportOf } from "./sections/all.ts";

export const TABLE_FILE = "table.md";
export const REPORT_FILE = "report.html";

/**
 * Makes table.md and report.html of a run from its run.json and samples.jsonl, byte for byte the same each time.
 * @throws what loadSummary throws; then both files are as they were; what writingTo throws
 */
export function writeReport(runDir: string, summary: Summary = loadSummary(runDir)): void {
  const [table, report] = [renderMarkdown(reportOf(summary)), renderHtml(summary)];
  writingTo(
    runDir,
    () => {
      writeFileAtomic(join(runDir, TABLE_FILE), table);
      writeFileAtomic(join(runDir, REPORT_FILE), report);
    },
    "npm run results -- html",
  );
}

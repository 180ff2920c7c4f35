import { join } from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { renderDocument } from "../report/markdown.ts";
import { renderSections } from "../report/terminal.ts";
import { caveatsOf, sectionsOf } from "./sections.ts";
import { readNativeRun } from "./store.ts";
import { type NativeSummary, summarize } from "./summarize.ts";

export const TABLE_FILE = "table.md";

/**
 * Makes table.md of a run from its run.json and samples.jsonl, byte for byte the same each time.
 * @returns what it says, for the caller to print
 * @throws UsageError RUN_UNREADABLE; then the file is as it was
 */
export function writeTable(runDir: string): NativeSummary {
  const { record, lines } = readNativeRun(runDir);
  const summary = summarize(record, lines);
  const text = renderDocument(record.id, caveatsOf(summary), sectionsOf(summary));
  writeFileAtomic(join(runDir, TABLE_FILE), text);
  return summary;
}

/** The same as plain text, 100 columns wide. The method is left to the file. */
export function renderNative(summary: NativeSummary): string {
  const sections = sectionsOf(summary).filter((section) => section.id !== "method");
  return `Run ${summary.record.id}\n${renderSections(sections, caveatsOf(summary))}`;
}

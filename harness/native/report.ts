import { join } from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { renderMarkdown } from "../report/markdown.ts";
import type { RunLine } from "../report/run-list.ts";
import type { Report } from "../report/sections/section.ts";
import { renderTerminal } from "../report/terminal.ts";
import type { NativeRecord } from "./record.ts";
import { caveatsOf, headlineOf, sectionsOf } from "./sections.ts";
import { readNativeRun } from "./store.ts";
import { type NativeSummary, summarize } from "./summarize.ts";

export const TABLE_FILE = "table.md";

/**
 * Makes table.md of a run from its run.json and samples.jsonl, byte for byte the same each time.
 * @returns what it says, for the caller to print
 * @throws UsageError RUN_UNREADABLE; then the file is as it was
 */
export function writeTable(runDir: string): NativeSummary {
  const summary = loadNative(runDir);
  writeFileAtomic(join(runDir, TABLE_FILE), renderMarkdown(nativeReport(summary)));
  return summary;
}

/** What a run says. @throws UsageError RUN_UNREADABLE */
export function loadNative(runDir: string): NativeSummary {
  const { record, lines } = readNativeRun(runDir);
  return summarize(record, lines);
}

/** The same as plain text. */
export function renderNative(summary: NativeSummary, columns?: number): string {
  return renderTerminal(nativeReport(summary), columns);
}

/** A run as the list shows it. @throws UsageError RUN_UNREADABLE */
export function nativeLine(runDir: string): { line: RunLine; record: NativeRecord } {
  const summary = loadNative(runDir);
  const { record, runs } = summary;
  const gain = headlineOf(summary);
  const isBetter = gain?.interval != null && gain.interval.low > 1;
  return {
    line: {
      id: record.id,
      ratio: gain?.value ?? null,
      verdict:
        record.state !== "finished"
          ? `${record.state}, ${runs}/${record.runs} runs`
          : gain?.interval == null
            ? "too few runs"
            : isBetter
              ? "faster"
              : "no difference shown",
      scenario: "native",
      size: "4K",
      thp: "-",
      kernel: record.kernel.base,
      accelerator: "native",
    },
    record,
  };
}

function nativeReport(summary: NativeSummary): Report {
  const gain = headlineOf(summary);
  const [zero] = summary.allocations.filter(({ request, order }) => request === "zero" && order === 0);
  return {
    title: summary.record.id,
    headline:
      gain === undefined || zero === undefined
        ? undefined
        : `Allocating a zeroed 4K page: ${Math.round(zero.nsPerPage["never-enabled"].value)} ns to ` +
          `${Math.round(zero.nsPerPage.full.value)} ns, ${gain.value.toFixed(1)} times faster from a full pool.`,
    caveats: caveatsOf(summary),
    sections: sectionsOf(summary),
  };
}

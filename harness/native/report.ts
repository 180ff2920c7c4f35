import { join } from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { renderMarkdown } from "../report/markdown.ts";
import type { RunLine } from "../report/run-list.ts";
import type { Report } from "../report/sections/section.ts";
import { renderTerminal } from "../report/terminal.ts";
import { count, formatPercent, formatRatio, NOTHING } from "../report/wording/format.ts";
import { readLines, readRecord } from "../run/store.ts";
import type { MedianInterval } from "../stats/median.ts";
import { type NativeRecord, nativeRecordSchema } from "./record.ts";
import { nativeLineSchema } from "./sample.ts";
import { sectionsOf } from "./sections.ts";
import { type AllocationFigures, type NativeSummary, summarize } from "./summarize.ts";

export const TABLE_FILE = "table.md";
/** From here on a kernel that maps its memory in huge pages has no fewer table walks than this program. */
const HUGE_ENOUGH = 0.95;

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
  return summarize(readRecord(runDir, nativeRecordSchema), readLines(runDir, nativeLineSchema));
}

/** The same as plain text. */
export function renderNative(summary: NativeSummary, columns?: number): string {
  return renderTerminal(nativeReport(summary), columns);
}

/** A run as the list shows it. @throws UsageError RUN_UNREADABLE */
export function nativeLine(runDir: string): { line: RunLine; record: NativeRecord } {
  const summary = loadNative(runDir);
  const { record, runs } = summary;
  const gain = zeroedPage(summary)?.neverOverFull;
  const line = {
    id: record.id,
    ratio: gain?.value ?? null,
    verdict:
      record.state === "finished" ? verdictOn(gain?.interval ?? null) : `${record.state}, ${runs}/${record.runs} runs`,
    scenario: "native",
    size: "4K",
    thp: NOTHING,
    kernel: record.kernel.base,
    accelerator: "native",
  };
  return { line, record };
}

/** What stands for a run: a zeroed 4K page from a full pool against one of a kernel without the series at work. */
function zeroedPage({ allocations }: NativeSummary): AllocationFigures | undefined {
  return allocations.find(({ request, order }) => request === "zero" && order === 0);
}

function verdictOn(interval: MedianInterval["interval"]): string {
  if (interval === null) return "too few runs";
  return interval.low > 1 ? "faster" : interval.high < 1 ? "slower" : "no difference shown";
}

function nativeReport(summary: NativeSummary): Report {
  const page = zeroedPage(summary);
  const [never, full] = [page?.nsPerPage["never-enabled"].value, page?.nsPerPage.full.value];
  return {
    title: summary.record.id,
    headline:
      page === undefined || never === undefined || full === undefined
        ? undefined
        : `A zeroed 4K page: ${never.toFixed(0)} ns without the series, ${full.toFixed(0)} ns from a full pool, ` +
          `${formatRatio(page.neverOverFull.value)} times faster (native, allocation only).`,
    caveats: caveatsOf(summary),
    sections: sectionsOf(summary),
  };
}

/** What a reader must know before believing the figures. */
export function caveatsOf({ record, memory, runs }: NativeSummary): string[] {
  return [
    "Native on User Mode Linux: page clearing is that of real hardware, with the instructions that a kernel on this " +
      "CPU uses; the rest of the allocator runs natively, as a program on one CPU, without page tables of its own and " +
      "without locks. These are costs of allocating memory, not VM creation times. Compare only times of the same " +
      "process.",
    ...(record.state === "finished" ? [] : [`INCOMPLETE: ${runs} of ${count(record.runs, "run")} (${record.state}).`]),
    ...(memory !== null && memory.hugeShare < HUGE_ENOUGH
      ? [
          `The host maps only ${formatPercent(memory.hugeShare)} % of the program's memory in huge pages, where a kernel ` +
            "maps nearly all of it so: page table walks make everything dearer here.",
        ]
      : []),
  ];
}

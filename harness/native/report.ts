import { join } from "node:path";
import { count, formatPercent } from "../analysis/format.ts";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { renderDocument } from "../report/markdown.ts";
import { renderSections } from "../report/terminal.ts";
import { sectionsOf } from "./sections.ts";
import { readNativeRun } from "./store.ts";
import { type NativeSummary, summarize } from "./summarize.ts";

export const TABLE_FILE = "table.md";
/** From here on a kernel that maps its memory in huge pages has no fewer table walks than this program. */
const HUGE_ENOUGH = 0.95;

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

/** What a reader must know before believing the figures. */
export function caveatsOf({ record, memory, runs }: NativeSummary): string[] {
  return [
    "Native on User Mode Linux: page clearing is that of real hardware, with the instructions that a kernel on this " +
      "CPU uses; the rest of the allocator runs natively, as a program on one CPU, without page tables of its own and " +
      "without locks. These are costs of allocating memory, not VM creation times. Ratios of times of the same process " +
      "are what counts.",
    ...(record.state === "finished" ? [] : [`INCOMPLETE: ${runs} of ${count(record.runs, "run")} (${record.state}).`]),
    ...(memory !== null && memory.hugeShare < HUGE_ENOUGH
      ? [
          `The host maps only ${formatPercent(memory.hugeShare)} % of the program's memory in huge pages, where a kernel ` +
            "maps nearly all of it so: page table walks make everything dearer here.",
        ]
      : []),
  ];
}

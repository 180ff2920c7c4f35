import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import type { Place } from "../base/disk-fault.ts";
import { parseJson, readText, resultsDir, SAMPLES_FILE } from "../run/store.ts";
import { type NativeRecord, nativeRecordSchema } from "./record.ts";
import { type NativeLine, nativeLineSchema } from "./sample.ts";

const RECORD_FILE = "run.json";

/** Native runs are beside the others and not among them: nothing in them can be compared. */
export function nativeResultsDir(): string {
  return join(resultsDir(), "native");
}

/** The same, for errors about its disk. */
export function nativePlace(): Place {
  return { path: nativeResultsDir(), holds: "the results", elsewhere: "PREZERO_RESULTS=DIR" };
}

/** Writes run.json as a whole, making the run's directory when it is new. */
export function saveRecord(runDir: string, record: NativeRecord): void {
  mkdirSync(runDir, { recursive: true });
  writeFileAtomic(join(runDir, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
}

/** Appends what one start of the program measured and returns when it is on the disk. */
export function appendLines(runDir: string, lines: readonly NativeLine[]): void {
  const fd = openSync(join(runDir, SAMPLES_FILE), "a");
  try {
    writeSync(fd, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Record and samples of a run; a last line that a crash tore off is passed over.
 * @throws UsageError RUN_UNREADABLE naming file and line
 */
export function readNativeRun(runDir: string): { record: NativeRecord; lines: NativeLine[] } {
  const recordPath = join(runDir, RECORD_FILE);
  const record = parseJson(nativeRecordSchema, recordPath, readText(recordPath));
  const path = join(runDir, SAMPLES_FILE);
  const texts = existsSync(path) ? readText(path).split("\n").slice(0, -1) : [];
  return { record, lines: texts.map((text, index) => parseJson(nativeLineSchema, `${path}:${index + 1}`, text)) };
}

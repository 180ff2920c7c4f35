import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readRun, readSamples, SAMPLES_FILE } from "../run/store.ts";
import { summarize } from "./summarize.ts";
import type { Summary } from "./summary.ts";

/**
 * Summary of the run in a directory.
 * @throws UsageError RUN_UNREADABLE naming the file and line that is damaged; MeasurementError UNLIKE_SAMPLES
 */
export function loadSummary(runDir: string): Summary {
  const path = join(runDir, SAMPLES_FILE);
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return summarize(readRun(runDir), readSamples(runDir), { tornLine: text !== "" && !text.endsWith("\n") });
}

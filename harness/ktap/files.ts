import { writeFileAtomic } from "../base/atomic-write.ts";
import { option, outputFile } from "../base/option.ts";
import { renderJunit } from "./junit.ts";
import { casesOf, type TestResult } from "./result.ts";
import { renderKtap } from "./write.ts";

/** Paths that results go to as well. */
export type ResultFiles = { ktap?: string; junit?: string };

/** For commands that have test results; a place that cannot be written is refused before anything runs. */
export const KTAP = option("--ktap <file>", "also write the results as KTAP", outputFile);
export const JUNIT = option("--junit <file>", "also write the results as JUnit XML", outputFile);

export function writeResultFiles({ ktap, junit }: ResultFiles, results: TestResult[]): void {
  if (ktap !== undefined) writeFileAtomic(ktap, renderKtap(results));
  if (junit !== undefined) writeFileAtomic(junit, renderJunit(casesOf(results)));
}

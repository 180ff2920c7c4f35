/** Face of the benchmark: what the commands and the report may use of it. */
export { describePlan } from "./bench/describe-plan.ts";
export { dryRun } from "./bench/dry-run.ts";
export { addBenchOptions, type BenchOptions, parseBenchOptions } from "./bench/options.ts";
export { type Planned, prepareResume, prepareRun } from "./bench/prepare.ts";
export { assertAnswerable } from "./bench/refusals.ts";
export { resumableRunDir, resumeRun, startRun } from "./bench/start.ts";
export { readRun } from "./run/store.ts";

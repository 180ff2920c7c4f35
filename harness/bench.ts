/** Face of the benchmark: what the commands and the report may use of it. */

export { describeRun } from "./bench/dry-run.ts";
export { addBenchOptions, type BenchOptions, benchOptionsOf, parseBenchOptions } from "./bench/options.ts";
export { describePlan } from "./bench/plan.ts";
export { type Prepared, prepareResume, prepareRun } from "./bench/prepare.ts";
export { assertAnswerable } from "./bench/refusals.ts";
export { resumableRunDir, resumeRun, startRun } from "./bench/start.ts";
export { readRun } from "./run/store.ts";

import { relative } from "node:path";
import type { Command } from "commander";
import { judgeRequirements } from "../analysis/requirements.ts";
import { loadSummary } from "../analysis/summarize.ts";
import { doAll } from "../base/errors.ts";
import { print, printJson } from "../base/output.ts";
import type { Shell } from "../base/shell.ts";
import {
  addBenchOptions,
  assertAnswerable,
  type BenchOptions,
  benchOptionsOf,
  describePlan,
  describeRun,
  type Prepared,
  prepareResume,
  prepareRun,
  readRun,
  resumableRunDir,
  resumeRun,
  startRun,
} from "../bench.ts";
import { openHost } from "../hosts.ts";
import { casesOf, showCase } from "../ktap/result.ts";
import { writeResults } from "../ktap/write.ts";
import { assertMet, testResultsOf } from "../report/test-results.ts";

export function register(program: Command, $: Shell): void {
  const command = addBenchOptions(
    program.command("bench").description("measure what the series brings to VM creation, with and without it"),
  );
  command.action(() => bench($, benchOptionsOf(command), process.argv.slice(process.argv.indexOf("bench") + 1)));
}

async function bench($: Shell, options: BenchOptions, typed: string[]): Promise<void> {
  if (options.resume === undefined) {
    await using host = await openHost($, options.host);
    const prepared = await prepareRun(host, options);
    assertAnswerable(options.require, prepared.settings);
    if (options.dryRun) await showPlan($, prepared, options.json);
    else await conclude(await startRun($, prepared, typed, options.name), options);
    return;
  }
  const runDir = resumableRunDir(options.resume);
  const run = readRun(runDir);
  assertAnswerable(options.require, run.settings);
  await using host = await openHost($, run.settings.host);
  if (options.dryRun) await showPlan($, await prepareResume(host, run), options.json);
  else await conclude(await resumeRun($, host, runDir), options);
}

/** What a run would do: sizes, boots and estimate, then the real commands. */
async function showPlan($: Shell, prepared: Prepared, json: boolean): Promise<void> {
  const plan = await describeRun($, ($) => openHost($, prepared.settings.host), prepared);
  if (json) printJson(plan);
  else print(...describePlan(plan.settings, plan.plan), "", ...plan.commands);
}

/**
 * The end of a run: the table (or all of it as JSON) and the requirements, which nothing keeps from being printed, then
 * the files.
 * @throws what the disk did when a file could not be written; MeasurementError REQUIREMENT_MISSED
 */
async function conclude(runDir: string, options: BenchOptions): Promise<void> {
  // Loaded late: the plotting library takes longer to load than everything else together.
  const { writeReport } = await import("../report/write-report.ts");
  const { reportOf } = await import("../report/sections/all.ts");
  const { renderTerminal } = await import("../report/terminal.ts");
  const summary = loadSummary(runDir);
  const judged = judgeRequirements(summary, options.require);
  const results = testResultsOf(summary, judged);
  const asked = casesOf(results.filter(({ name }) => name === "requirements"));
  if (options.json) printJson(summary);
  else print(renderTerminal(reportOf(summary)), ...asked.map(showCase));
  doAll(
    () => writeReport(runDir, summary),
    () => writeResults(options, results),
  );
  const inside = relative(process.cwd(), runDir);
  const path = inside.startsWith("..") ? runDir : inside || ".";
  const traces = summary.run.settings.traces ? ", traces/" : "";
  if (!options.json)
    print(`Everything is in ${path}: table.md, report.html, samples.jsonl, run.json, console/${traces}`);
  assertMet(judged, summary.run.id);
}

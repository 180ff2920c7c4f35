import { relative, resolve } from "node:path";
import type { Command } from "commander";
import { judgeRequirements } from "../analysis/requirements.ts";
import { assertMet, testResultsOf } from "../analysis/test-results.ts";
import { writeFileAtomic } from "../base/atomic-write.ts";
import type { Shell } from "../base/shell.ts";
import {
  addBenchOptions,
  type BenchOptions,
  describePlan,
  dryRun,
  type Planned,
  parseBenchOptions,
  prepareResume,
  prepareRun,
  type Requirement,
  readRun,
  resumableRunDir,
  resumeRun,
  startRun,
  unanswered,
} from "../bench.ts";
import { renderJunit } from "../ktap/junit.ts";
import { casesOf } from "../ktap/result.ts";
import { showCase } from "../ktap/show.ts";
import { renderKtap } from "../ktap/write.ts";
import type { Settings } from "../run/record.ts";

export function register(program: Command, $: Shell): void {
  const command = addBenchOptions(
    program.command("bench").description("measure what the series brings to VM creation, with and without it"),
  );
  command.action((raw: Record<string, unknown>) =>
    bench($, raw, process.argv.slice(process.argv.indexOf("bench") + 1)),
  );
}

async function bench($: Shell, raw: Record<string, unknown>, typed: string[]): Promise<void> {
  const options = parseBenchOptions(raw);
  if (options.resume === undefined) {
    const prepared = await prepareRun($, options);
    warnUnanswered(options.require, prepared.settings);
    if (options.dryRun) await showPlan($, prepared, options.json);
    else await conclude(await startRun($, prepared, typed, options.name), options);
    return;
  }
  const runDir = resumableRunDir(options.resume);
  const run = readRun(runDir);
  warnUnanswered(options.require, run.settings);
  if (options.dryRun) await showPlan($, await prepareResume($, run), options.json);
  else await conclude(await resumeRun($, runDir), options);
}

/** Said before the run, which is long: these will be missed whatever the times. */
function warnUnanswered(requirements: readonly Requirement[], settings: Settings): void {
  for (const { text } of unanswered(requirements, settings)) {
    const measured = `arms ${settings.arms.join(", ")}; THP ${settings.thp.join(", ")}`;
    process.stderr.write(`warning: --require ${text} will be missed: this run measures ${measured}\n`);
  }
}

/** What a run would do: sizes, boots and estimate, then the real commands. */
async function showPlan($: Shell, planned: Planned, json: boolean): Promise<void> {
  const plan = await dryRun($, planned);
  if (json) print([JSON.stringify(plan, null, 2)]);
  else print([...describePlan(plan.settings, plan.plan), "", ...plan.commands]);
}

/**
 * The end of a run: its report files, the table (or all of it as JSON), where everything is, and the requirements.
 * @throws MeasurementError REQUIREMENT_MISSED
 */
async function conclude(runDir: string, options: BenchOptions): Promise<void> {
  // Loaded late: the plotting library takes longer to load than everything else together.
  const { writeReport } = await import("../report/write-report.ts");
  const { renderTerminal } = await import("../report/terminal.ts");
  const summary = writeReport(runDir);
  const judged = judgeRequirements(summary, options.require);
  const results = testResultsOf(summary, judged);
  if (options.ktap !== undefined) writeFileAtomic(resolve(options.ktap), renderKtap(results));
  if (options.junit !== undefined) writeFileAtomic(resolve(options.junit), renderJunit(casesOf(results)));
  const inside = relative(process.cwd(), runDir);
  const path = inside.startsWith("..") ? runDir : inside || ".";
  if (options.json) print([JSON.stringify(summary, null, 2)]);
  else {
    print([
      renderTerminal(summary),
      `Everything is in ${path}: table.md, report.html, samples.jsonl, run.json, console/${summary.run.settings.traces ? ", traces/" : ""}`,
      ...casesOf(results.filter(({ name }) => name === "requirements")).map(showCase),
    ]);
  }
  assertMet(judged, summary.run.id);
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

import { dirname, join, relative, resolve } from "node:path";
import { Argument, type Command, Option } from "commander";
import { compareSummaries } from "../analysis/compare-runs.ts";
import { plansFor } from "../analysis/plans.ts";
import { loadSummary } from "../analysis/summarize.ts";
import { UsageError } from "../base/errors.ts";
import { option, share } from "../base/option.ts";
import { print, printJson } from "../base/output.ts";
import { nativeResultsDir } from "../native/record.ts";
import { loadNative, nativeLine, renderNative, writeTable } from "../native/report.ts";
import { rfcTable } from "../report/rfc-table.ts";
import { listRuns, runListSection } from "../report/run-list.ts";
import { reportOf } from "../report/sections/all.ts";
import { compareSections } from "../report/sections/compare.ts";
import { planSection } from "../report/sections/plan.ts";
import { renderSections, renderTerminal } from "../report/terminal.ts";
import { caveatTexts, comparisonTexts } from "../report/wording/caveats.ts";
import { listRunDirs, resolveRunDir, resultsDir } from "../run/store.ts";

type Output = { json?: boolean };
type Reading = Output & { matters?: number };

const RUN_HELP = "a run's name or any part of it that no other has, a path to its directory, or `latest`";

export function register(program: Command): void {
  const results = program
    .command("results")
    .description("list runs, show one, compare two, plan the next from one, write the report of one again");
  results
    .command("list", { isDefault: true })
    .description("list all runs with what they found, oldest first (default)")
    .option("--json", "print JSON")
    .allowExcessArguments()
    .action((output: Output, command: Command) => list(output, command.args));
  results
    .command("show")
    .description("print the table of a run")
    .argument("[run]", RUN_HELP, "latest")
    .option("--json", "print the run, its effects and all that the table is made of as JSON")
    .addOption(mattersOption("what the run was made with"))
    .addOption(new Option("--rfc", "print the table for a cover letter, in the RFC's layout").conflicts("json"))
    .action(show);
  results
    .command("compare")
    .description("compare two runs of one setting arm by arm; their kernels may differ, nothing else may")
    .argument("<A>", RUN_HELP)
    .argument("<B>", RUN_HELP)
    .option("--json", "print JSON")
    .addOption(mattersOption("the larger of what the two were made with"))
    .action(compare);
  results
    .command("plan")
    .description("how many boots show how small a difference, planned from the boots of a run; measures nothing")
    .argument("[run]", RUN_HELP, "latest")
    .option("--json", "print JSON")
    .addOption(mattersOption("what the run was made with"))
    .action(plan);
  results
    .command("html")
    .description("write table.md and report.html of runs again from run.json and samples.jsonl")
    .addArgument(new Argument("[runs...]", RUN_HELP).default(["latest"], "latest"))
    .action(html);
}

/** A kept run can be read with another smallest difference than it was made with. */
function mattersOption(otherwise: string): Option {
  return option(
    "--matters <percent>",
    `smallest difference that matters, such as 2%; a smaller one is named as such (default: ${otherwise})`,
    share,
  );
}

function list({ json }: Output, extra: readonly string[]): void {
  if (extra.length > 0) {
    throw new UsageError({
      code: "RESULTS_COMMAND_UNKNOWN",
      message: `\`results\` does not know "${extra[0]}"`,
      remedy: "Say list, show, compare, plan or html; a run is shown with `npm run results -- show RUN`.",
    });
  }
  const native = listRuns(listRunDirs(nativeResultsDir()), nativeLine);
  const runs = [...listRuns(listRunDirs()), ...native].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (json) printJson(runs);
  else if (runs.length === 0) print(`There is no run in ${resultsDir()} yet; make one with \`npm run bench\`.`);
  else print(renderSections([runListSection(runs)]).trimEnd());
}

function show(wanted: string, { json, matters, rfc }: Reading & { rfc?: boolean }): void {
  const runDir = resolveRunDir(wanted, resultsDir(), nativeResultsDir());
  if (isNative(runDir)) {
    if (rfc) throw onlyOfVms(wanted, "have no table for a cover letter");
    const summary = loadNative(runDir);
    if (json) printJson(summary);
    else print(renderNative(summary).trimEnd());
    return;
  }
  const summary = loadSummary(runDir, { matters });
  if (json) printJson(summary);
  else print((rfc ? rfcTable(summary) : renderTerminal(reportOf(summary))).trimEnd());
}

function compare(a: string, b: string, { json, matters }: Reading): void {
  const [one, other] = [a, b].map((wanted) => loadSummary(runOfVms(wanted, "are not compared"))) as [
    ReturnType<typeof loadSummary>,
    ReturnType<typeof loadSummary>,
  ];
  const comparison = compareSummaries(one, other, matters);
  if (json) printJson(comparison);
  else print(renderSections(compareSections(comparison), comparisonTexts(comparison.caveats, comparison.b)).trimEnd());
}

function plan(wanted: string, { json, matters }: Reading): void {
  const summary = loadSummary(runOfVms(wanted, "have no boots to plan with"), { matters });
  const plans = plansFor(summary);
  if (json) printJson(plans);
  else print(renderSections([planSection(summary, plans)], caveatTexts(summary)).trimEnd());
}

async function html(wanted: string[]): Promise<void> {
  // The plotting library takes longer to load than all the rest; only this command needs it.
  const { REPORT_FILE, TABLE_FILE, writeReport } = await import("../report/write-report.ts");
  for (const runDir of wanted.map((name) => resolveRunDir(name, resultsDir(), nativeResultsDir()))) {
    if (isNative(runDir)) writeTable(runDir);
    else writeReport(runDir);
    for (const file of isNative(runDir) ? [TABLE_FILE] : [TABLE_FILE, REPORT_FILE]) {
      print(`${relative(process.cwd(), join(runDir, file))}`);
    }
  }
}

/** Native runs are in a directory of their own. */
function isNative(runDir: string): boolean {
  return dirname(resolve(runDir)) === nativeResultsDir();
}

function runOfVms(wanted: string, why: string): string {
  const runDir = resolveRunDir(wanted, resultsDir(), nativeResultsDir());
  if (isNative(runDir)) throw onlyOfVms(wanted, why);
  return runDir;
}

function onlyOfVms(wanted: string, why: string): UsageError {
  return new UsageError({
    code: "RUN_NATIVE",
    message: `${wanted} is a native run, and those ${why}`,
    remedy: "Name a run of `npm run bench`; `npm run results` lists them.",
  });
}

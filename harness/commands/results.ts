import { join, relative } from "node:path";
import { type Command, Option } from "commander";
import { compareSummaries } from "../analysis/compare-runs.ts";
import { loadSummary } from "../analysis/load-run.ts";
import { plansFor } from "../analysis/plans.ts";
import { UsageError } from "../base/errors.ts";
import { printJson } from "../base/output.ts";
import { rfcTable } from "../report/rfc-table.ts";
import { listRuns, runListSection } from "../report/run-list.ts";
import { compareSections } from "../report/sections/compare.ts";
import { planSection } from "../report/sections/plan.ts";
import { renderSections, renderTerminal } from "../report/terminal.ts";
import { listRunDirs, resolveRunDir, resultsDir } from "../run/store.ts";

type Output = { json?: boolean };

const RUN_HELP = "a run's name, a path to its directory, or `latest`";

export function register(program: Command): void {
  const results = program
    .command("results")
    .description("list runs, show one, compare two, plan the next from one, write the report of one again");
  results
    .command("list", { isDefault: true })
    .description("list all runs, oldest first (default)")
    .option("--json", "print JSON")
    .allowExcessArguments()
    .action((output: Output, command: Command) => list(output, command.args));
  results
    .command("show")
    .description("print the table of a run")
    .argument("[run]", RUN_HELP, "latest")
    .option("--json", "print the run, its effects and all that the table is made of as JSON")
    .addOption(new Option("--rfc", "print the table for a cover letter, in the RFC's layout").conflicts("json"))
    .action(show);
  results
    .command("compare")
    .description("compare two runs of one setting arm by arm; their kernels may differ, nothing else may")
    .argument("<A>", RUN_HELP)
    .argument("<B>", RUN_HELP)
    .option("--json", "print JSON")
    .action(compare);
  results
    .command("plan")
    .description("how many boots show how small a difference, planned from the boots of a run; measures nothing")
    .argument("[run]", RUN_HELP, "latest")
    .option("--json", "print JSON")
    .action(plan);
  results
    .command("html")
    .description("write table.md and report.html of a run again from run.json and samples.jsonl")
    .argument("[run]", RUN_HELP, "latest")
    .action(html);
}

function list({ json }: Output, extra: readonly string[]): void {
  if (extra.length > 0) {
    throw new UsageError({
      code: "RESULTS_COMMAND_UNKNOWN",
      message: `\`results\` does not know "${extra[0]}"`,
      remedy: "Say list, show, compare, plan or html; a run is shown with `npm run results -- show RUN`.",
    });
  }
  const runs = listRuns(listRunDirs());
  if (json) printJson(runs);
  else if (runs.length === 0) print(`There is no run in ${resultsDir()} yet; make one with \`npm run bench\`.\n`);
  else print(renderSections([runListSection(runs)]));
}

function show(wanted: string, { json, rfc }: Output & { rfc?: boolean }): void {
  const summary = loadSummary(resolveRunDir(wanted));
  if (json) printJson(summary);
  else if (rfc) print(rfcTable(summary));
  else print(renderTerminal(summary));
}

function compare(a: string, b: string, { json }: Output): void {
  const comparison = compareSummaries(loadSummary(resolveRunDir(a)), loadSummary(resolveRunDir(b)));
  if (json) printJson(comparison);
  else print(renderSections(compareSections(comparison), comparison.caveats));
}

function plan(wanted: string, { json }: Output): void {
  const summary = loadSummary(resolveRunDir(wanted));
  const plans = plansFor(summary);
  if (json) printJson(plans);
  else print(renderSections([planSection(summary, plans)], summary.caveats));
}

async function html(wanted: string): Promise<void> {
  // The plotting library takes longer to load than all the rest; only this command needs it.
  const { REPORT_FILE, TABLE_FILE, writeReport } = await import("../report/write-report.ts");
  const runDir = resolveRunDir(wanted);
  writeReport(runDir);
  for (const file of [TABLE_FILE, REPORT_FILE]) print(`${relative(process.cwd(), join(runDir, file))}\n`);
}

function print(text: string): void {
  process.stdout.write(text);
}

import { relative } from "node:path";
import type { Command } from "commander";
import {
  addBenchOptions,
  describePlan,
  dryRun,
  type Planned,
  parseBenchOptions,
  prepareResume,
  prepareRun,
  readRun,
  resumableRunDir,
  resumeRun,
  startRun,
} from "../bench.ts";

export function register(program: Command): void {
  const command = addBenchOptions(
    program.command("bench").description("measure what the series brings to VM creation, with and without it"),
  );
  command.action((raw: Record<string, unknown>) => bench(raw, process.argv.slice(process.argv.indexOf("bench") + 1)));
}

async function bench(raw: Record<string, unknown>, typed: string[]): Promise<void> {
  const options = parseBenchOptions(raw);
  if (options.resume === undefined) {
    const prepared = await prepareRun(options);
    if (options.dryRun) await showPlan(prepared, options.json);
    else await show(await startRun(prepared, typed, options.name), options.json);
    return;
  }
  const runDir = resumableRunDir(options.resume);
  if (options.dryRun) await showPlan(await prepareResume(readRun(runDir)), options.json);
  else await show(await resumeRun(runDir), options.json);
}

/** What a run would do: sizes, boots and estimate, then the real commands. */
async function showPlan(planned: Planned, json: boolean): Promise<void> {
  const plan = await dryRun(planned);
  if (json) print([JSON.stringify(plan, null, 2)]);
  else print([...describePlan(plan.settings, plan.plan), "", ...plan.commands]);
}

/** The end of a run: its report files, the table (or all of it as JSON), and where everything is. */
async function show(runDir: string, json: boolean): Promise<void> {
  // Loaded late: the plotting library takes longer to load than everything else together.
  const { writeReport } = await import("../report/write-report.ts");
  const { renderTerminal } = await import("../report/terminal.ts");
  const summary = writeReport(runDir);
  if (json) {
    print([JSON.stringify(summary, null, 2)]);
    return;
  }
  const inside = relative(process.cwd(), runDir);
  const path = inside.startsWith("..") ? runDir : inside || ".";
  print([
    renderTerminal(summary),
    `Everything is in ${path}: table.md, report.html, samples.jsonl, run.json, console/${summary.run.settings.traces ? ", traces/" : ""}`,
  ]);
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

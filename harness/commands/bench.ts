import { relative } from "node:path";
import type { Command } from "commander";
import {
  addBenchOptions,
  dryRun,
  parseBenchOptions,
  prepareResume,
  prepareRun,
  readRun,
  readSamples,
  resumableRunDir,
  resumeRun,
  startRun,
} from "../bench.ts";
import { summarize } from "../report/summarize.ts";
import { renderTerminal } from "../report/terminal.ts";

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
    if (options.dryRun) print(await dryRun(prepared));
    else show(await startRun(prepared, typed, options.name), options.json);
    return;
  }
  const runDir = resumableRunDir(options.resume);
  if (options.dryRun) print(await dryRun(await prepareResume(readRun(runDir))));
  else show(await resumeRun(runDir), options.json);
}

/** The end of a run: the table (or all of it as JSON), then where its files are. */
function show(runDir: string, json: boolean): void {
  const summary = summarize(readRun(runDir), readSamples(runDir));
  const files = `files: ${relative(process.cwd(), runDir) || "."}`;
  print(json ? [JSON.stringify(summary, null, 2)] : [renderTerminal(summary), files]);
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

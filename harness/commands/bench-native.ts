import { relative } from "node:path";
import type { Command } from "commander";
import { count, examples, type KernelOption, kernelOption, option, runName } from "../base/option.ts";
import { print, printJson } from "../base/output.ts";
import { dryRun, type Shell } from "../base/shell.ts";
import { findBase } from "../kernel/bases.ts";
import { nativeResultsDir } from "../native/record.ts";
import { renderNative, TABLE_FILE, writeTable } from "../native/report.ts";
import { startNative, startOnce } from "../native/start.ts";
import { resolveRunDir } from "../run/store.ts";

/** Of nine medians the second smallest and the second largest hold the true one in 96 %: one run may be off. */
const DEFAULT_RUNS = 9;
const MAX_RUNS = 100;

type Options = KernelOption & { runs: number; name?: string; show?: string | true; json?: boolean; dryRun?: boolean };

export function register(program: Command, $: Shell): void {
  program
    .command("bench-native")
    .description("measure allocation and clearing on this machine's own CPU, without KVM (User Mode Linux)")
    .addOption(option("--runs <n>", "starts of the program (the unit of replication)", count(MAX_RUNS), DEFAULT_RUNS))
    .addOption(kernelOption())
    .addOption(option("--name <name>", "append to the name of the run", runName))
    .option("--show [run]", "measure nothing: write the table of a run again and print it (default: the newest)")
    .option("--json", "print the result as JSON")
    .option("--dry-run", "print the commands, run nothing")
    .addHelpText(
      "after",
      examples(["npm run bench:native", "measure"], ["npm run bench:native -- --show", "print the last table again"]),
    )
    .action((options: Options) =>
      benchNative($, options, process.argv.slice(process.argv.indexOf("bench-native") + 1)),
    );
}

async function benchNative($: Shell, options: Options, typed: string[]): Promise<void> {
  if (options.show !== undefined) {
    show(resolveRunDir(options.show === true ? "latest" : options.show, nativeResultsDir()), options.json);
    return;
  }
  const base = await findBase(options.kernel);
  if (options.dryRun) {
    const commands = await dryRun($, ($) => startOnce($, base));
    return print(...commands, `# ${options.runs} times in all, with other seeds`);
  }
  show(await startNative($, { base, runs: options.runs, arguments: typed, name: options.name }), options.json);
}

/** The table, in the run's directory and on the terminal, or all of it as JSON. */
function show(runDir: string, json = false): void {
  const summary = writeTable(runDir);
  if (json) {
    printJson(summary);
    return;
  }
  const inside = relative(process.cwd(), runDir);
  const path = inside.startsWith("..") ? runDir : inside || ".";
  print(renderNative(summary), `Everything is in ${path}: ${TABLE_FILE}, samples.jsonl, run.json`);
}

import { relative } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { UsageError } from "../base/errors.ts";
import { shellQuote } from "../base/quote.ts";
import type { Shell } from "../base/shell.ts";
import { findBase } from "../kernel/bases.ts";
import { kernelCommands } from "../kernel/dry-run.ts";
import { umlArgs } from "../kunit/run-uml.ts";
import { renderNative, TABLE_FILE, writeTable } from "../native/report.ts";
import { nativeArgs } from "../native/run-program.ts";
import { MEMORY_BYTES, startNative } from "../native/start.ts";
import { resolveNativeDir } from "../native/store.ts";

/** Of nine medians the second smallest and the second largest hold the true one in 96 %: one run may be off. */
const DEFAULT_RUNS = 9;
const MAX_RUNS = 100;
const RUN_NAME = /^[\w.-]{1,60}$/;

export function register(program: Command, $: Shell): void {
  program
    .command("bench-native")
    .description(
      "measure allocation and clearing on this machine's own CPU: the series as User Mode Linux, without KVM",
    )
    .option("--runs <n>", `starts of the program (the unit of replication); default: ${DEFAULT_RUNS}`)
    .option("--kernel <base>", "kernel base, a key of configs/kernels.yaml (default: the file's default)")
    .option("--name <name>", "added to the name of the run")
    .option("--show [run]", "measure nothing: write the table of a run again and print it; default: the newest")
    .option("--json", "print the result as JSON")
    .option("--dry-run", "print the commands, run nothing")
    .action((raw: Record<string, unknown>) =>
      benchNative($, raw, process.argv.slice(process.argv.indexOf("bench-native") + 1)),
    );
}

const optionsSchema = z.object({
  runs: z
    .string()
    .refine(
      (text) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_RUNS,
      `allowed: a whole number from 1 to ${MAX_RUNS}`,
    )
    .transform(Number)
    .default(DEFAULT_RUNS),
  kernel: z.string().optional(),
  name: z.string().regex(RUN_NAME, "allowed: up to 60 letters, digits, dots, dashes and underscores").optional(),
  show: z.union([z.literal(true), z.string()]).optional(),
  json: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});

async function benchNative($: Shell, raw: Record<string, unknown>, typed: string[]): Promise<void> {
  const options = parseOptions(raw);
  if (options.show !== undefined) {
    show(resolveNativeDir(options.show === true ? "latest" : options.show), options.json);
    return;
  }
  const base = await findBase(options.kernel);
  if (options.dryRun) {
    const run = shellQuote(["build/linux", ...umlArgs(nativeArgs(1), "/dev/shm", MEMORY_BYTES)]);
    print([
      ...(await kernelCommands($, { base, variant: "native" })),
      `${run}  # ${options.runs} times, with other seeds`,
    ]);
    return;
  }
  show(await startNative($, { base, runs: options.runs, arguments: typed, name: options.name }), options.json);
}

function parseOptions(raw: Record<string, unknown>): z.output<typeof optionsSchema> {
  const parsed = optionsSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new UsageError({
    code: "OPTION_INVALID",
    message: parsed.error.issues
      .map((issue) => `--${String(issue.path[0])} ${raw[String(issue.path[0])]}: ${issue.message}`)
      .join("; "),
    remedy: "See `npm run bench:native -- --help`.",
  });
}

/** The table, in the run's directory and on the terminal, or all of it as JSON. */
function show(runDir: string, json: boolean): void {
  const summary = writeTable(runDir);
  if (json) {
    print([JSON.stringify(summary, null, 2)]);
    return;
  }
  const inside = relative(process.cwd(), runDir);
  const path = inside.startsWith("..") ? runDir : inside || ".";
  print([renderNative(summary), `Everything is in ${path}: ${TABLE_FILE}, samples.jsonl, run.json`]);
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

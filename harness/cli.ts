import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { Command, CommanderError } from "commander";
import { diskFault, makePlace } from "./base/disk-fault.ts";
import { describeError, HarnessError } from "./base/errors.ts";
import { handleInterrupts } from "./base/interrupt.ts";
import { refuseBadValues } from "./base/option.ts";
import { say } from "./base/output.ts";
import { cachePlace, projectPath } from "./base/paths.ts";
import { createShell, type Shell } from "./base/shell.ts";

/** Each command is one file under commands/ that exports `register(program)`; only the one that runs is loaded. */
const COMMANDS = [
  "setup",
  "doctor",
  "build-kernel",
  "bench",
  "bench-native",
  "results",
  "patches",
  "shell",
  "test-kunit",
  "test-kernel",
  "test-mutations",
];
/** These look at the machine or at results, whatever the cache is like. */
const WITHOUT_CACHE = ["setup", "doctor", "results"];

async function main(argv: string[]): Promise<number> {
  const signal = handleInterrupts();
  outliveReaders();
  keepCompiled();
  const program = new Command("prezero")
    .description("Measure what background zeroing of free memory brings to VM creation")
    .version(version(), "-V, --version", "print the version of this checkout")
    .option("-v, --verbose", "show each command before it runs: + what changes something, ? what only reads")
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 20 });
  program.hook("preAction", (_, command) => refuseBadValues(command.opts()));
  const $ = createShell({
    signal,
    dry: false,
    announce: ({ line, asks }) => void (program.opts().verbose && say(`${asks ? "?" : "+"} ${line}`)),
  });
  const wanted = argv.find((word) => COMMANDS.includes(word));
  if (wanted !== undefined && !WITHOUT_CACHE.includes(wanted)) program.hook("preAction", () => makePlace(cachePlace()));
  for (const name of wanted === undefined ? COMMANDS : [wanted]) {
    const { register } = (await import(`./commands/${name}.ts`)) as {
      register(program: Command, $: Shell): void;
    };
    register(program, $);
  }
  sayWhatIsAllowed(program);
  try {
    await program.parseAsync(argv, { from: "user" });
    return typeof process.exitCode === "number" ? process.exitCode : 0;
  } catch (error) {
    // Commander has already printed its own message: help is a success, anything else the caller's mistake.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const told = inCache(error) ? (diskFault(error, cachePlace()) ?? error) : error;
    say(describeError(told));
    return told instanceof HarnessError ? told.exitCode : 3;
  }
}

/** Who reads the output may have seen enough (`| head`). That ends no run: what it measures is in files. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}

/**
 * TypeScript with its types taken off, as bytecode: a third of the time that a command takes to start. Without a cache
 * it starts all the same; who needs the cache for more says what is wrong with it.
 */
function keepCompiled(): void {
  if (process.env.NODE_COMPILE_CACHE !== undefined) return;
  try {
    const { path, ...place } = cachePlace();
    makePlace({ ...place, path: `${path}/compiled` });
    enableCompileCache(`${path}/compiled`);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
  }
}

function version(): string {
  return (JSON.parse(readFileSync(projectPath("package.json"), "utf8")) as { version: string }).version;
}

/** Whether it is about a file in the cache: what writes there checks the disk first, but a disk may fill up any time. */
function inCache(error: unknown): boolean {
  const path = error instanceof Error ? (error as NodeJS.ErrnoException).path : undefined;
  return path?.startsWith(`${cachePlace().path}/`) === true;
}

/** Commander's errors name the word it does not know; what it does know follows. */
function sayWhatIsAllowed(command: Command): void {
  const names = command.commands.map((subcommand) => subcommand.name());
  const options = command.options.map((option) => option.long ?? option.short);
  command.showHelpAfterError(`allowed: ${[...names, ...options, "--help"].join(", ")}`);
  for (const subcommand of command.commands) sayWhatIsAllowed(subcommand);
}

/** `patches export -v2`, as git has it: alone, -v is --verbose everywhere. */
function rerollSpelledOut(word: string): string {
  return word.replace(/^-v(\d+)$/, "--reroll-count=$1");
}

process.exitCode = await main(process.argv.slice(2).map(rerollSpelledOut));

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { type ProcessOutput, $ as zx } from "zx/core";
import { InfrastructureError, InterruptedError } from "./errors.ts";
import { shellLine, shellQuote } from "./quote.ts";
import { inScope, watchScope } from "./scope.ts";
import type { Finished, ShellContext, ShellOptions, Word } from "./shell-options.ts";

/** Last lines of a tool's output that an error message carries. */
const TAIL_LINES = 30;
/** Time for the last output of a scope that has ended; a process of another user may hold the pipe for ever. */
const DRAIN_MS = 1_000;

/** Runs a line of bash to its end, see Shell. */
export async function runOneShot(
  context: ShellContext,
  options: ShellOptions,
  asks: boolean,
  pieces: TemplateStringsArray,
  words: readonly Word[],
): Promise<Finished> {
  let timedOut = () => false;
  const environment = { ...process.env, ...options.env, ...(context.dry ? options.temporaryEnv : {}) };
  const command = zx({
    halt: true,
    nothrow: true,
    quiet: true,
    prefix: "set -o pipefail; ",
    postfix: "",
    quote: (word) => shellQuote([word]),
    env: environment,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.input === undefined ? {} : { input: options.input }),
    log: () => {},
    spawn: ((line: string) => {
      const started = spawnScope(line, environment, options);
      timedOut = watchScope(started.child, started.closed, { ...options, signal: context.signal });
      return started.child;
    }) as typeof spawn,
  })(pieces, ...words);
  const line = shellLine(command.cmd, options);
  const name = command.cmd.split(" ", 1)[0] ?? "";
  const stopped = () => context.signal.aborted && options.interruptWith !== "nothing";
  if (stopped()) throw new InterruptedError(`running ${name}`);
  context.announce({ line, asks });
  if (context.dry && !asks && !options.temporaryEnv) return { stdout: options.standIn ?? "", stderr: "", exitCode: 0 };
  const output = await command.run();
  if (stopped()) throw new InterruptedError(`running ${name}`);
  const exitCode = output.exitCode ?? -1;
  if (!(options.okExitCodes ?? [0]).includes(exitCode) || timedOut()) {
    throw failure(name, line, options, output, timedOut());
  }
  return { stdout: withoutLastNewline(output.stdout), stderr: withoutLastNewline(output.stderr), exitCode };
}

function spawnScope(line: string, env: NodeJS.ProcessEnv, options: ShellOptions) {
  const [program, ...args] = inScope(["/bin/bash", "-c", line]);
  const child = spawn(program, args, {
    detached: true,
    cwd: options.cwd,
    env,
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  // Who does not read its input to the end need not.
  child.stdin?.on("error", () => {});
  if (options.onLine) {
    for (const input of [child.stdout, child.stderr]) if (input) createInterface({ input }).on("line", options.onLine);
  }
  const closed = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  child.once("exit", () => {
    const late = setTimeout(() => [child.stdout, child.stderr].map((stream) => stream?.destroy()), DRAIN_MS);
    void closed.then(() => clearTimeout(late));
  });
  return { child, closed };
}

function failure(name: string, line: string, options: ShellOptions, output: ProcessOutput, timedOut: boolean) {
  return new InfrastructureError({
    code: options.code ?? "COMMAND_FAILED",
    message: timedOut
      ? `${name} did not finish within ${Math.round((options.timeoutMs ?? 0) / 1000)} s`
      : `${name} ${howItEnded(output)}`,
    detail: output.stdall.split("\n").slice(-TAIL_LINES).join("\n").trim(),
    reproducer: line,
    remedy: options.remedy ?? "Read the output above; the command can be run by hand.",
    cause: output,
    timedOut,
  });
}

function howItEnded({ exitCode, signal, cause }: ProcessOutput): string {
  if (signal) return `was killed by ${signal}`;
  if (cause) return `could not run (${cause.message})`;
  return exitCode === 127 ? "was not found (exit code 127)" : `failed with exit code ${exitCode}`;
}

function withoutLastNewline(text: string): string {
  return text.endsWith("\n") ? text.slice(0, -1) : text;
}

import { createInterface } from "node:readline";
import { execa } from "execa";
import { throwIfInterrupted } from "./interrupt.ts";
import { shellLine, shellQuote } from "./quote.ts";
import { endScope, inScope, pidInScope, watchScope } from "./scope.ts";
import type { ShellContext, ShellOptions } from "./shell-options.ts";

/** How a program ended; 127 means that there is no such program. */
export type Exit = {
  exitCode: number | undefined;
  signal: string | undefined;
  /** What it printed on stdout and stderr; empty for who gets it line by line. */
  output: string;
  /** It was killed because its deadline passed. */
  timedOut: boolean;
};

/** A program that lives long. Disposing ends it, with all that it has started. */
export type Running = AsyncDisposable & {
  /** Process id of the program itself; undefined when it has ended. */
  readonly pid: number | undefined;
  /** Settles when it is gone; never rejects. */
  readonly exited: Promise<Exit>;
  /** Kills it, with all that it has started. */
  stop(): void;
};

/** Starts a program that lives long, see Shell. @throws InterruptedError */
export function startLongLived(
  context: ShellContext,
  options: ShellOptions,
  asks: boolean,
  command: readonly string[],
): Running {
  if (options.interruptWith !== "nothing") throwIfInterrupted(context.signal, `starting ${command[0]}`);
  context.announce({ line: shellLine(shellQuote(command), options), asks });
  if (context.dry && !asks) return NOTHING;
  const [program, ...args] = inScope(command);
  const child = execa(program, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
    buffer: options.onLine === undefined,
    all: true,
    reject: false,
    detached: true,
    cleanup: false,
    // scope.pl keeps the deadline after a polite signal; killed itself it would end nobody.
    forceKillAfterDelay: false,
  });
  const timedOut = watchScope(child, child, { ...options, signal: context.signal });
  if (options.onLine) createInterface({ input: child.all }).on("line", options.onLine);
  const exited = child.then(({ exitCode, signal, all }) => ({
    exitCode,
    signal,
    output: (all ?? "").trim(),
    timedOut: timedOut(),
  }));
  return {
    get pid() {
      return pidInScope(child.pid);
    },
    exited,
    stop: () => endScope(child),
    async [Symbol.asyncDispose]() {
      endScope(child);
      await exited;
    },
  };
}

/** What a dry run starts. */
const NOTHING: Running = {
  pid: undefined,
  exited: Promise.resolve({ exitCode: 0, signal: undefined, output: "", timedOut: false }),
  stop: () => {},
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

import { runOneShot } from "./one-shot.ts";
import { type Running, startLongLived } from "./running.ts";
import type { Finished, ShellContext, ShellOptions, Word } from "./shell-options.ts";

/**
 * Runs commands; made once by the command line and passed down. Everything that is started through it ends with the
 * harness (see scope.ts).
 *
 *     await $`tar -xf ${archive} -C ${directory}`;
 *     const { stdout } = await $({ cwd: tree }).ask`git rev-parse HEAD`;
 *     await using qemu = $.start(["qemu-system-x86_64", ...args]);
 */
export type Shell = {
  /**
   * Runs a line of bash to its end; with pipefail, so that a pipeline fails when a part of it does.
   * @throws InfrastructureError COMMAND_FAILED (or options.code) with the output's tail; InterruptedError
   */
  (pieces: TemplateStringsArray, ...words: Word[]): Promise<Finished>;
  /** The same shell with options for the commands it runs, on top of those it has. */
  (options: ShellOptions): Shell;
  /** For commands that only read: a dry run runs them, too. */
  readonly ask: Shell;
  /** Starts a program that lives long; how it ends is its {@link Running.exited}. */
  start(command: readonly string[]): Running;
  /** Aborted when the user asks to stop; for everything that waits. */
  readonly signal: AbortSignal;
  /** Dry run: what is not a command is announced as well, and not done. */
  readonly dry: boolean;
};

/** The one real shell, or the one that records (`dry`). */
export function createShell(context: ShellContext): Shell {
  return withOptions(context, {}, false);
}

function withOptions(context: ShellContext, options: ShellOptions, asks: boolean): Shell {
  const call = (first: TemplateStringsArray | ShellOptions, ...words: Word[]) =>
    isTemplate(first)
      ? runOneShot(context, options, asks, first, words)
      : withOptions(context, { ...options, ...first }, asks);
  return Object.defineProperties(call, {
    ask: { get: () => withOptions(context, options, true) },
    start: { value: (command: readonly string[]) => startLongLived(context, options, asks, command) },
    signal: { value: context.signal },
    dry: { value: context.dry },
  }) as Shell;
}

function isTemplate(value: TemplateStringsArray | ShellOptions): value is TemplateStringsArray {
  return Array.isArray(value);
}

import { MeasurementError } from "./errors.ts";
import { announcedFiles, type Files, realFiles } from "./files.ts";
import { runOneShot } from "./one-shot.ts";
import { recordedFiles } from "./recorded-files.ts";
import { type Running, startLongLived } from "./running.ts";
import { RuntimeDir } from "./runtime-dir.ts";
import type { Announcement, Finished, ShellContext, ShellOptions, Word } from "./shell-options.ts";

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
  /** Files that commands make or need. */
  readonly files: Files;
  /** Announces what is neither a command nor a file: `# what`. */
  note(what: string): void;
  /** Dry run: commands that change something and changes of files are announced, and nothing else. */
  readonly dry: boolean;
  /** Of a dry run: a directory for what is temporary. */
  readonly scratch: string | undefined;
  /** A dry run ends here: what comes next depends on what the commands before would have done. */
  endDryRun(why: string): void;
};

/** The one real shell, or the one that records (`dry`). */
export function createShell(context: ShellContext): Shell {
  const announce = (line: string) => context.announce({ line, asks: false });
  return withOptions(context, announcedFiles(announce, context.dry ? recordedFiles() : realFiles), {}, false);
}

/** Where a dry run ends before its way does. */
class DryRunEnd extends Error {}

/**
 * The lines that `work` would run, but for what only reads: it is given a shell that records, and goes the way of a
 * real run with it. Outside directories for temporary files nothing is changed. What `work` throws is passed on.
 * @param tell gets each line as it comes
 */
export async function dryRun(
  $: Shell,
  work: ($: Shell) => Promise<unknown>,
  tell: (line: string) => void = () => {},
): Promise<string[]> {
  const lines: string[] = [];
  using scratch = new RuntimeDir();
  const announce = ({ line, asks }: Announcement) => {
    if (asks) return;
    lines.push(line);
    tell(line);
  };
  const recorder = createShell({ signal: $.signal, dry: true, scratch: scratch.path, announce });
  await untilItsEnd(recorder, () => work(recorder));
  return lines;
}

/**
 * Work that a dry run may have to end early without ending itself: because {@link Shell.endDryRun} says so, or because
 * it judges what was found, and nothing was. A real run does it as it is.
 */
export async function partOfDryRun($: Shell, work: () => Promise<unknown>): Promise<void> {
  try {
    await untilItsEnd($, work);
  } catch (error) {
    if (!$.dry || !(error instanceof MeasurementError)) throw error;
    $.note("the rest, if any, depends on what is found");
  }
}

async function untilItsEnd($: Shell, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DryRunEnd)) throw error;
    $.note(error.message);
  }
}

function withOptions(context: ShellContext, files: Files, options: ShellOptions, asks: boolean): Shell {
  const call = (first: TemplateStringsArray | ShellOptions, ...words: Word[]) =>
    isTemplate(first)
      ? runOneShot(context, options, asks, first, words)
      : withOptions(context, files, { ...options, ...first }, asks);
  return Object.defineProperties(call, {
    ask: { get: () => withOptions(context, files, options, true) },
    start: { value: (command: readonly string[]) => startLongLived(context, options, asks, command) },
    signal: { value: context.signal },
    files: { value: files },
    note: { value: (what: string) => context.announce({ line: what.replace(/^/gm, "# "), asks: false }) },
    dry: { value: context.dry },
    scratch: { value: context.scratch },
    endDryRun: {
      value: (why: string) => {
        if (context.dry) throw new DryRunEnd(why);
      },
    },
  }) as Shell;
}

function isTemplate(value: TemplateStringsArray | ShellOptions): value is TemplateStringsArray {
  return Array.isArray(value);
}

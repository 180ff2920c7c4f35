import { execa, type ResultPromise } from "execa";
import { InfrastructureError, InterruptedError } from "./errors.ts";
import { interruptSignal } from "./interrupt.ts";
import { shellQuote } from "./quote.ts";

/** Finished one-shot command. */
export type Finished = { stdout: string; stderr: string; exitCode: number };

export type RunOptions = {
  cwd?: string;
  /** Added to the environment; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  input?: string;
  /** Deadline; none when absent. */
  timeoutMs?: number;
  /** Called with each line of stdout and stderr as it comes. */
  onLine?: (line: string) => void;
  /** Exit codes that are not an error; [0] when absent. */
  okExitCodes?: number[];
  /** What an interrupt sends to the command's group first; SIGKILL, which is sent later anyway, when absent. */
  interruptWith?: NodeJS.Signals;
  /** What to say and to do when the command fails. */
  code?: string;
  remedy?: string;
};

let announce = (_command: string): void => {};

/** From now on every command is printed on stderr when it starts (`-v`). */
export function showCommands(): void {
  announce = (command) => void process.stderr.write(`+ ${command}\n`);
}

/** How long a command may take to end in order after an interrupt. */
const GRACE_MS = 5_000;

/** Last lines of a tool's output that an error message carries. */
const TAIL_LINES = 30;

/**
 * Runs a command to its end. It leads its own process group and gets SIGKILL when the harness dies, however the
 * harness dies (setpriv --pdeathsig), so nothing is left behind.
 * @throws InfrastructureError COMMAND_FAILED (or options.code) with the output's tail; InterruptedError on Ctrl-C.
 */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<Finished> {
  const child = spawnGroup(command, args, options);
  const lines: string[] = [];
  if (options.onLine) {
    for await (const line of child.iterable({ from: "all" })) {
      lines.push(String(line));
      options.onLine(String(line));
    }
  }
  const result = await child;
  if (interruptSignal.aborted) throw new InterruptedError(`running ${command}`);
  const exitCode = result.exitCode ?? -1;
  if ((options.okExitCodes ?? [0]).includes(exitCode)) {
    return { stdout: String(result.stdout ?? ""), stderr: String(result.stderr ?? ""), exitCode };
  }
  const output = options.onLine ? lines : String(result.all ?? "").split("\n");
  throw new InfrastructureError({
    code: options.code ?? "COMMAND_FAILED",
    message: result.timedOut
      ? `${command} did not finish within ${Math.round((options.timeoutMs ?? 0) / 1000)} s`
      : `${command} ${result.exitCode === undefined ? `could not run (${result.originalMessage ?? result.signal})` : `failed with exit code ${exitCode}`}`,
    detail: output.slice(-TAIL_LINES).join("\n").trim(),
    reproducer: `${options.cwd ? `cd ${shellQuote([options.cwd])} && ` : ""}${shellQuote([command, ...args])}`,
    remedy: options.remedy ?? "Read the output above; the command can be run by hand.",
    cause: result,
  });
}

/**
 * Starts a command in a process group of its own that dies with the harness. Killing the group is the caller's
 * part (see stopGroup); an interrupt does it too.
 */
export function spawnGroup(command: string, args: string[], options: RunOptions = {}): ResultPromise {
  announce(`${options.cwd ? `cd ${shellQuote([options.cwd])} && ` : ""}${shellQuote([command, ...args])}`);
  const child = execa("setpriv", ["--pdeathsig", "KILL", command, ...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    buffer: options.onLine === undefined,
    all: true,
    reject: false,
    detached: true,
    cleanup: true,
  }) as ResultPromise;
  const kill = () => {
    stopGroup(child, options.interruptWith ?? "SIGKILL");
    const late = setTimeout(() => stopGroup(child, "SIGKILL"), GRACE_MS);
    void child.finally(() => clearTimeout(late)).catch(() => {});
  };
  interruptSignal.addEventListener("abort", kill, { once: true });
  void child.finally(() => interruptSignal.removeEventListener("abort", kill)).catch(() => {});
  return child;
}

/** Sends a signal to the child's whole process group; a group that is gone is not an error. */
export function stopGroup(child: ResultPromise, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

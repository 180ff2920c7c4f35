import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Whatever the harness starts, however deep, ends with the command's end, its deadline, an interrupt, or the harness
 * itself, also by SIGKILL. That takes a process that outlives the harness for a moment: scope.pl, which adopts what
 * its descendants leave behind (a child subreaper) and is told by the kernel when the harness dies.
 *
 * Why not something that the kernel keeps: a PID namespace needs root or user namespaces, which Ubuntu restricts and
 * containers refuse; a cgroup needs delegation, and nobody empties it when the harness is killed; systemd-run needs
 * systemd. Why Perl: prctl must be called, perl-base is on every Debian and Ubuntu, and it starts in milliseconds.
 */
const SCOPE = join(import.meta.dirname, "scope.pl");

/** Stop at once, with all that descends from the command; scope.pl's own signal. */
const END = "SIGUSR1";

/** What scope.pl passes on to the command's group; five seconds later it ends what is left. */
export type PoliteSignal = "SIGTERM" | "SIGINT" | "SIGHUP";

/** The words that run a command in a scope of this process, to be started with `detached`. */
export function inScope(command: readonly string[]): [program: string, ...args: string[]] {
  return ["/usr/bin/perl", SCOPE, process.arch, String(process.pid), ...command];
}

/** scope.pl as node knows it: what is gone gets no signal, though its process id may be somebody else's by now. */
export type Scope = Pick<ChildProcess, "kill">;

/** Ends a scope: at once, or as the command likes within five seconds. One that is gone is not an error. */
export function endScope(scope: Scope, signal: PoliteSignal | typeof END = END): void {
  scope.kill(signal);
}

/** Process id of the command that a scope runs; undefined before it runs and when it has ended. */
export function pidInScope(scope: number | undefined): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${scope}/task/${scope}/children`, "utf8").split(" ");
    return first ? Number(first) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Ends a scope when the signal is aborted or the deadline passes, until `ended` settles.
 * @returns whether the deadline passed
 */
export function watchScope(
  scope: Scope,
  ended: Promise<unknown>,
  limits: { signal: AbortSignal; timeoutMs?: number | undefined; interruptWith?: PoliteSignal | "nothing" | undefined },
): () => boolean {
  let timedOut = false;
  const { signal, interruptWith } = limits;
  const onAbort = () => interruptWith !== "nothing" && endScope(scope, interruptWith);
  const onDeadline = () => {
    timedOut = true;
    endScope(scope);
  };
  const timer = limits.timeoutMs === undefined ? undefined : setTimeout(onDeadline, limits.timeoutMs);
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  const settled = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  };
  void ended.then(settled, settled);
  return () => timedOut;
}

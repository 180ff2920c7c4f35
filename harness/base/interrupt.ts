import { InterruptedError } from "./errors.ts";

/** One Ctrl-C under npm arrives twice: from the terminal, and passed on by npm. */
const SAME_PRESS_MS = 500;

/**
 * Installs the signal handlers; called once, by the command line. The first Ctrl-C (or SIGTERM) stops in order, the
 * second exits at once; what was started ends in either case (see scope.ts).
 *
 * SIGHUP says that the terminal is gone. Node takes back `nohup`'s order to ignore it before our first line runs, and
 * npm, which is Node too, before that; what stays of nohup is that no stream is a terminal's. Who has no terminal does
 * not miss one, so the run goes on.
 * @returns aborted at the first signal
 */
export function handleInterrupts(): AbortSignal {
  const controller = new AbortController();
  let firstMs: number | undefined;
  const onSignal = () => {
    const nowMs = performance.now();
    if (firstMs !== undefined && nowMs - firstMs < SAME_PRESS_MS) return;
    if (firstMs !== undefined) process.exit(130);
    firstMs = nowMs;
    process.stderr.write("\nstopping; press Ctrl-C again to stop at once\n");
    controller.abort();
  };
  const onTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, onSignal);
  process.on("SIGHUP", onTerminal ? onSignal : () => {});
  return controller.signal;
}

/** @throws InterruptedError when the user has asked to stop */
export function throwIfInterrupted(signal: AbortSignal, what: string): void {
  if (signal.aborted) throw new InterruptedError(what);
}

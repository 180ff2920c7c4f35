import { InterruptedError } from "./errors.ts";

/**
 * One abort signal for the whole program: the first Ctrl-C (or SIGTERM) stops in order, the second exits at once.
 * Children die with us in either case because each is started with a parent-death signal (see process.ts).
 */
const controller = new AbortController();
/** One Ctrl-C under npm arrives twice: from the terminal, and passed on by npm. */
const SAME_PRESS_MS = 500;
let firstMs: number | undefined;

/** Aborted at the first SIGINT, SIGTERM or SIGHUP; pass it to everything that waits. */
export const interruptSignal: AbortSignal = controller.signal;

/** Installs the signal handlers; called once, by the command line. */
export function handleInterrupts(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      const nowMs = performance.now();
      if (firstMs !== undefined && nowMs - firstMs < SAME_PRESS_MS) return;
      if (firstMs !== undefined) process.exit(130);
      firstMs = nowMs;
      process.stderr.write("\nstopping; press Ctrl-C again to stop at once\n");
      controller.abort();
    });
  }
}

/** Throws {@link InterruptedError} when the user has asked to stop. */
export function throwIfInterrupted(what: string): void {
  if (interruptSignal.aborted) throw new InterruptedError(what);
}

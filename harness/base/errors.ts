/**
 * Every failure the harness reports belongs to one of three families, and the family decides the exit code:
 * the caller's mistake (2), the infrastructure's failure (3), a measurement or test that did not hold (1).
 * A message says what happened; the remedy says what to do about it.
 */
export type ErrorDetails = {
  /** Stable, greppable name of the failure, for example `KERNEL_PANIC`. */
  code: string;
  /** What happened, in one sentence. */
  message: string;
  /** What the caller can do about it. */
  remedy: string;
  /** Evidence: last console lines, a compiler's output, the failed hunk. */
  detail?: string;
  /** Command line that reproduces the failure. */
  reproducer?: string;
  /** A command was ended because its deadline passed. */
  timedOut?: boolean;
  cause?: unknown;
};

export abstract class HarnessError extends Error {
  abstract readonly exitCode: number;
  readonly code: string;
  readonly remedy: string;
  readonly detail: string | undefined;
  readonly reproducer: string | undefined;
  readonly timedOut: boolean;

  constructor(details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.remedy = details.remedy;
    this.detail = details.detail;
    this.reproducer = details.reproducer;
    this.timedOut = details.timedOut ?? false;
  }
}

/** The caller asked for something that cannot be: unknown option, malformed file, memory that does not fit. */
export class UsageError extends HarnessError {
  readonly exitCode = 2;
}

/** This machine, a tool, the host or the VM failed: missing QEMU, a panic, a full disk, a dead connection. */
export class InfrastructureError extends HarnessError {
  readonly exitCode = 3;
}

/** The run finished but what it measured or tested does not hold: a red test, an unmet requirement. */
export class MeasurementError extends HarnessError {
  readonly exitCode = 1;
}

/** The user pressed Ctrl-C (or sent SIGTERM); everything was stopped in order. */
export class InterruptedError extends HarnessError {
  readonly exitCode = 130;

  constructor(what: string, remedy = "Run the same command again to go on.") {
    super({ code: "INTERRUPTED", message: `Interrupted while ${what}.`, remedy });
  }
}

/** Does each task, whatever the others do, then throws what the first that failed threw. */
export function doAll(...tasks: (() => unknown)[]): void {
  const faults = tasks.flatMap((task) => {
    try {
      task();
      return [];
    } catch (error) {
      return [error];
    }
  });
  if (faults.length > 0) throw faults[0];
}

/** Text for a person: code, message, evidence, reproducer, remedy; unknown errors keep their stack. */
export function describeError(error: unknown): string {
  if (!(error instanceof HarnessError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = [`error: ${error.message} [${error.code}]`];
  if (error.detail) lines.push(error.detail.replace(/^/gm, "  | "));
  if (error.reproducer) lines.push(`reproduce: ${error.reproducer}`);
  lines.push(`remedy: ${error.remedy}`);
  return lines.join("\n");
}

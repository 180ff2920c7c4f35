import { InfrastructureError } from "../base/errors.ts";
import { throwIfInterrupted } from "../base/interrupt.ts";
import type { Complaint } from "../host/complaints.ts";
import type { QemuProcess } from "../qemu/launch.ts";
import { exitError } from "../qemu/launch.ts";
import type { SerialConsole } from "./console.ts";

/** After a symptom (lost SSH, closed monitor) its cause may take this long to show on the console. */
const CAUSE_MS = 2_000;
const TAIL_LINES = 25;

/** A VM as far as failures are concerned. */
export type Watched = {
  qemu: Pick<QemuProcess, "exited" | "reproducer">;
  console: Pick<SerialConsole, "fatal" | "complaints" | "tail" | "silentMs" | "unlogged">;
  consoleLog: string;
  /** Aborted when the user asks to stop: then everything dies, and nothing failed. */
  signal: AbortSignal;
};

/**
 * Turns a symptom into the error that names its cause: the kernel's own words first, then the end of QEMU, then the
 * symptom itself. Every error carries the last console lines and a command line that reproduces it.
 * @throws InterruptedError when the user asked to stop, because then everything dies
 */
export async function explainFailure(watched: Watched, symptom: InfrastructureError): Promise<InfrastructureError> {
  throwIfInterrupted(watched.signal, "the host under test was running");
  const grace = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), CAUSE_MS));
  const fatal = await Promise.race([watched.console.fatal, grace]);
  if (fatal) return kernelError(watched, fatal);
  const exit = await Promise.race([watched.qemu.exited, Promise.resolve(undefined)]);
  throwIfInterrupted(watched.signal, "the host under test was running");
  return withEvidence(watched, exit ? exitError(exit, watched.qemu.reproducer) : symptom);
}

function kernelError(watched: Watched, fatal: Complaint): InfrastructureError {
  const panicked = watched.console.complaints().some(({ kind }) => kind === "panic");
  const trace = fatal.callTrace.length === 0 ? "" : `call trace: ${fatal.callTrace.slice(0, 8).join(" < ")}\n`;
  const where = fatal.where ? `at: ${fatal.where}\n` : "";
  return new InfrastructureError({
    code: panicked ? "KERNEL_PANIC" : "KERNEL_OOPS",
    message: `The kernel under test ${panicked ? "panicked" : "is broken"}: ${fatal.title}`,
    detail: `${where}${trace}${fatal.text}`,
    reproducer: watched.qemu.reproducer,
    remedy: `This is a bug of the kernel under test, not of the harness. Whole console: ${watched.consoleLog}`,
  });
}

/** The same error with what the console said last. */
export function withEvidence(watched: Watched, error: InfrastructureError): InfrastructureError {
  const tail = watched.console.tail(TAIL_LINES);
  const console = tail === "" ? "The console is silent." : `Last console lines:\n${tail}`;
  return new InfrastructureError({
    code: error.code,
    message: error.message,
    remedy: `${error.remedy} Whole console: ${watched.consoleLog}`,
    detail: [error.detail ?? "", console].filter((part) => part !== "").join("\n"),
    reproducer: error.reproducer ?? watched.qemu.reproducer,
    cause: error,
  });
}

import { InfrastructureError } from "../base/errors.ts";
import { throwIfInterrupted } from "../base/interrupt.ts";
import { shellQuote } from "../base/quote.ts";
import { RuntimeDir } from "../base/runtime-dir.ts";
import type { Shell } from "../base/shell.ts";
import { formatSize, MIB_BYTES } from "../base/size.ts";
import { findComplaints, isFatal } from "../host/complaints.ts";
import { parseKtap } from "../ktap/parse.ts";
import type { TestReport } from "../ktap/result.ts";

/** The suite of the series, KUnit's name for it. */
export const SUITE = "page_prezero";
/** The case that lies to the verifier makes it warn; any other warning is a failure. */
export const ON_PURPOSE = /is not zero at page \d+/;
/** The suite takes four seconds on an idle machine; its own waits end after 20. */
export const DEADLINE_MS = 240_000;
const TAIL_LINES = 40;
/** How kernels end that do not know kunit_shutdown (5.10), when all suites have run: the program has no user space. */
const NO_INIT = "No working init found";

/** What the suite said, and why not all of it was heard, if so. */
export type SuiteRun = { report: TestReport; failure: InfrastructureError | undefined };

/**
 * Runs the KUnit suite on a User Mode Linux kernel.
 * @param program the kernel, as built
 * @param filter what to run, KUnit's filter_glob: the suite, or SUITE.CASE
 * @throws InfrastructureError UML_NOT_STARTED; InterruptedError. A kernel that panics, hangs or says nothing has still
 *   run some cases, so that is part of the answer: KERNEL_PANIC, KERNEL_OOPS, KUNIT_HUNG, KUNIT_INCOMPLETE, and
 *   KERNEL_WARNING when all was heard
 */
export async function runSuite($: Shell, program: string, deadlineMs = DEADLINE_MS, filter = SUITE): Promise<SuiteRun> {
  const end = await runUml($, program, [`kunit.filter_glob=${filter}`], deadlineMs);
  const report = parseKtap(end.output);
  return { report, failure: failureOf(end, report, deadlineMs) };
}

/**
 * What the cases do not tell: KERNEL_PANIC, KERNEL_OOPS, KUNIT_HUNG, KUNIT_INCOMPLETE or KERNEL_WARNING; undefined when
 * there is nothing. The first reason counts: a panic explains a hang, and both explain missing results.
 */
export function failureOf(end: UmlEnd, report: TestReport, deadlineMs: number): InfrastructureError | undefined {
  const [problem] = report.problems;
  const isTheEnd = (title: string) => problem === undefined && title.includes(NO_INIT);
  const complaints = findComplaints(end.output);
  const fatal = complaints.find((one) => isFatal(one) && !isTheEnd(one.title));
  if (fatal) {
    const code = fatal.kind === "panic" ? "KERNEL_PANIC" : "KERNEL_OOPS";
    return failure(end, code, `The kernel broke while its tests ran: ${fatal.title}`, fatal.text);
  }
  if (end.timedOut) return failure(end, "KUNIT_HUNG", `The KUnit kernel did not end within ${deadlineMs / 1000} s`);
  if (problem !== undefined) return failure(end, "KUNIT_INCOMPLETE", `The KUnit kernel: ${problem}`);
  const warning = complaints.find((one) => !isFatal(one) && !ON_PURPOSE.test(one.text));
  return (
    warning && failure(end, "KERNEL_WARNING", `The kernel complained of its tests: ${warning.title}`, warning.text)
  );
}

function failure(end: UmlEnd, code: string, message: string, detail = tail(end.output)): InfrastructureError {
  return new InfrastructureError({
    code,
    message,
    detail,
    reproducer: end.command,
    remedy: "This is a bug of the kernel under test or of its tests; the command above repeats the run.",
  });
}

function tail(output: string): string {
  return output.trim().split("\n").slice(-TAIL_LINES).join("\n");
}

/** Memory of the kernel; large enough for blocks of every order, small enough to be cleared several times a second. */
const MEMORY_BYTES = 512 * MIB_BYTES;

/** Where a run differs from that of a test suite. */
export type UmlMachine = {
  memoryBytes?: number;
  /** Where the file that is its memory is made, and removed; the system's directory for temporary files when absent. */
  parentDir?: string;
  /** Words before the program; what they start finds that directory in TMPDIR. */
  launcher?: string[];
};

/** How a kernel that is a program came to its end. */
export type UmlEnd = {
  /** All that it printed. */
  output: string;
  /** It was killed because its deadline passed. */
  timedOut: boolean;
  /** Command line that repeats the run. */
  command: string;
};

/**
 * Runs a User Mode Linux that executes KUnit suites while it boots, and halts. Memory and sockets of it are in a
 * private directory that is removed; a run that does not end is killed with all its processes.
 * @param commandLine words for the kernel's command line, on top of what every run has
 * @throws InfrastructureError UML_NOT_STARTED; InterruptedError on Ctrl-C
 */
export async function runUml(
  $: Shell,
  program: string,
  commandLine: string[],
  timeoutMs: number,
  machine: UmlMachine = {},
): Promise<UmlEnd> {
  using directory = new RuntimeDir(machine.parentDir);
  const args = umlArgs(commandLine, directory.path, machine.memoryBytes);
  const lines: string[] = [];
  const running = $({
    env: { TMPDIR: directory.path, HOME: directory.path },
    timeoutMs,
    onLine: (line) => lines.push(line),
  }).start([...(machine.launcher ?? []), program, ...args]);
  const { exitCode, timedOut } = await running.exited;
  throwIfInterrupted($.signal, "running the KUnit kernel");
  const command = shellQuote([program, ...umlArgs(commandLine, "/tmp", machine.memoryBytes)]);
  if (exitCode === 126 || exitCode === 127) throw notStarted(command, lines);
  return { output: lines.join("\n"), timedOut, command };
}

/** For a kernel's command line: run the suites at boot. Kernels that run them anyway do not know the words. */
export const RUN_SUITES = ["kunit.enable=1", "kunit.autorun=1"];

/**
 * Arguments of a run: console on standard input (nothing) and output and no other, and the sockets of the control channel where they are
 * removed.
 */
export function umlArgs(commandLine: string[], directory: string, memoryBytes = MEMORY_BYTES): string[] {
  const console = ["con=null", "con0=fd:0,fd:1", `uml_dir=${directory}/`, "umid=kunit"];
  return [`mem=${formatSize(memoryBytes)}`, ...console, ...RUN_SUITES, "kunit_shutdown=halt", ...commandLine];
}

function notStarted(command: string, said: string[]): InfrastructureError {
  return new InfrastructureError({
    code: "UML_NOT_STARTED",
    message: "The KUnit kernel could not be started",
    detail: said.join("\n"),
    reproducer: command,
    remedy: "Is the cache directory on a file system that allows programs?",
  });
}

import { InfrastructureError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import { findComplaints, isFatal } from "../host/complaints.ts";
import { parseKtap } from "../ktap/parse.ts";
import type { TestReport } from "../ktap/result.ts";
import { runUml, type UmlEnd } from "./run-uml.ts";

/** The suite of the series, KUnit's name for it. */
export const SUITE = "page_prezero";
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
 *   run some cases, so that is part of the answer: KERNEL_PANIC, KERNEL_OOPS, KUNIT_HUNG, KUNIT_INCOMPLETE
 */
export async function runSuite($: Shell, program: string, deadlineMs = DEADLINE_MS, filter = SUITE): Promise<SuiteRun> {
  const end = await runUml($, program, [`kunit.filter_glob=${filter}`], deadlineMs);
  const report = parseKtap(end.output);
  return { report, failure: failureOf(end, report, deadlineMs) };
}

/**
 * Why not all that a suite has to say was heard: KERNEL_PANIC, KERNEL_OOPS, KUNIT_HUNG or KUNIT_INCOMPLETE; undefined
 * when it was. The first reason counts: a panic explains a hang, and both explain missing results.
 */
export function failureOf(end: UmlEnd, report: TestReport, deadlineMs: number): InfrastructureError | undefined {
  const [problem] = report.problems;
  const isTheEnd = (title: string) => problem === undefined && title.includes(NO_INIT);
  const fatal = findComplaints(end.output).find((one) => isFatal(one) && !isTheEnd(one.title));
  if (fatal) {
    const code = fatal.kind === "panic" ? "KERNEL_PANIC" : "KERNEL_OOPS";
    return failure(end, code, `The kernel broke while its tests ran: ${fatal.title}`, fatal.text);
  }
  if (end.timedOut) return failure(end, "KUNIT_HUNG", `The KUnit kernel did not end within ${deadlineMs / 1000} s`);
  return problem === undefined ? undefined : failure(end, "KUNIT_INCOMPLETE", `The KUnit kernel: ${problem}`);
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

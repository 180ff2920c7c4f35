import { parseKtap } from "../../ktap/parse.ts";
import { casesOf, type TestCase, type TestStatus } from "../../ktap/result.ts";

/** What one program or one suite said on one kernel. */
export type Verdict = { name: string; status: TestStatus; cases: TestCase[]; log: string[] };

/** Exit codes of kselftest.h; XFAIL and XPASS stand for an expected result. */
const KSFT_PASS = 0;
const KSFT_XFAIL = 2;
const KSFT_XPASS = 3;
const KSFT_SKIP = 4;
/** What a shell reports for a program that SIGKILL ended, which is how the deadline ends one. */
const KILLED = 137;
/** mremap_test prints everything of TAP but this. */
const HEADER = /^K?TAP version \d+$/m;
const LOG_LINES = 12;

/**
 * The verdict of a kselftest: the exit code decides, and the cases are those of its TAP output, if it prints any. Half
 * the programs do not keep their own plan, so a plan that does not fit is left to the comparison of both kernels.
 */
export function verdictOf(name: string, output: string, exitCode: number): Verdict {
  const tap = HEADER.test(output) ? output : `TAP version 13\n${output}`;
  const cases = casesOf(parseKtap(tap).results);
  const tail = output.trimEnd().split("\n").slice(-LOG_LINES);
  const end = exitCode === KILLED ? "killed, as a rule by its deadline" : `exit code ${exitCode}`;
  return { name, status: statusOf(exitCode), cases, log: [end, ...tail] };
}

function statusOf(exitCode: number): TestStatus {
  if (exitCode === KSFT_SKIP) return "skipped";
  return [KSFT_PASS, KSFT_XFAIL, KSFT_XPASS].includes(exitCode) ? "passed" : "failed";
}

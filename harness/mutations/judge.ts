import { type InfrastructureError, MeasurementError } from "../base/errors.ts";
import { casesOf, isGood, type TestCase, type TestResult } from "../ktap/result.ts";

/** What a run of the test that should notice has shown. */
export type Judgement = { caught: boolean; evidence: string };

/** A run that broke off: what ran, and why there is no more. */
export type BrokenOff = { results: TestResult[]; failure: InfrastructureError | undefined };

/** Ways in which a kernel answers a mutation by dying; on the healthy series the same run came to its end. */
const DEATHS = ["KERNEL_PANIC", "KERNEL_OOPS", "KUNIT_HUNG", "KUNIT_INCOMPLETE", "HOST_HUNG"];

/**
 * Caught is only what the named test itself notices: it fails, or the kernel dies of it.
 * @param test name of the case, or how it begins
 * @throws InfrastructureError when the run broke off for another reason; MeasurementError MUTATION_TEST_MISSING when
 *   there was no such case
 */
export function judge(test: string, { results, failure }: BrokenOff): Judgement {
  if (failure && DEATHS.includes(failure.code)) return { caught: true, evidence: failure.message };
  const cases = casesNamed(test, results);
  const red = cases.find(({ status }) => !isGood(status));
  if (red) return { caught: true, evidence: evidenceOf(red) };
  if (failure && failure.code !== "KERNEL_WARNING") throw failure;
  if (cases.some(({ status }) => status === "passed")) return { caught: false, evidence: `${test} passed` };
  throw new MeasurementError({
    code: "MUTATION_TEST_MISSING",
    message: `There is no test "${test}", or it was skipped: it can catch nothing.`,
    detail: casesOf(results)
      .map(({ name, status }) => `${status}: ${name}`)
      .join("\n"),
    remedy: "Correct the name behind Caught-by:, or let the test run where the mutant runs.",
  });
}

/** The cases that a mutation means. @param test name of the case, or how it begins */
export function casesNamed(test: string, results: TestResult[]): TestCase[] {
  return casesOf(results).filter(({ name }) => name.startsWith(test));
}

/** What the test expected and got, in one line; the name alone when it kept silent. */
function evidenceOf({ name, log }: TestCase): string {
  const said = log.map((line) => line.replace(/^\s*#?\s*/, "").trim()).filter((line) => line !== "");
  const expectation = said.findIndex((line) => /EXPECTATION FAILED|ASSERTION FAILED/.test(line));
  return expectation >= 0 ? said.slice(expectation + 1, expectation + 3).join("; ") : (said[0] ?? name);
}

import { describeError } from "../../base/errors.ts";
import type { Shell } from "../../base/shell.ts";
import { casesOf, check, type TestResult } from "../../ktap/result.ts";
import { runSuite, type SuiteRun } from "../../kunit/suite.ts";
import { compareOutcomes, type Outcome } from "./outcome.ts";

const EVERYTHING = "*";
/** Half a minute on an idle machine. */
const DEADLINE_MS = 10 * 60_000;
const LOG_LINES = 12;

/**
 * Runs every KUnit suite of two User Mode Linux kernels and requires of the second what the first does.
 * @param base and `series`: the kernels, as built
 * @throws InfrastructureError UML_NOT_STARTED; InterruptedError on Ctrl-C
 */
export async function kunitPair(
  $: Shell,
  base: string,
  series: string,
  run: (program: string) => Promise<SuiteRun> = (program) => runSuite($, program, DEADLINE_MS, EVERYTHING),
): Promise<TestResult[]> {
  const [onBase, onSeries] = [await run(base), await run(series)];
  return [heard("base", onBase), heard("series", onSeries), ...compareOutcomes(suitesOf(onBase), suitesOf(onSeries))];
}

function heard(name: string, { report, failure }: SuiteRun): TestResult {
  const holds = failure === undefined && report.results.length > 0;
  return check(`${name}: all ${report.results.length} suites were heard`, holds, failure ? describeError(failure) : "");
}

function suitesOf({ report }: SuiteRun): Outcome[] {
  return report.results.map(({ name, status, log, subtests }) => {
    const cases = casesOf(subtests);
    const words = [...cases.flatMap((one) => (one.status === "passed" ? [] : one.log)), ...log];
    return { name, status, cases, log: words.slice(-LOG_LINES) };
  });
}

import { describeError } from "../../base/errors.ts";
import type { Shell } from "../../base/shell.ts";
import { ensureKernel } from "../../kernel/build.ts";
import { casesOf, measured, type TestResult } from "../../ktap/result.ts";
import { runSuite, type SuiteRun } from "../../kunit/suite.ts";
import { count } from "../../report/wording/format.ts";
import type { Scenario } from "../boot/test-host.ts";
import { mmPair } from "./mm-pair.ts";
import { MM_RUNS } from "./mm-programs.ts";
import { compareOutcomes, type Outcome } from "./outcome.ts";
import { STRESSORS, stressNgBesideWorker } from "./stress-ng.ts";

const STRESS_SECONDS = STRESSORS.reduce((sum, { seconds }) => sum + seconds, 0);

/** Tests that others wrote. */
export const PUBLIC_SUITES: Scenario[] = [
  {
    name: "public KUnit",
    about: "the kernel's own suites for mm and lib, base against the series",
    run: async ($, { base }) => {
      const pristine = await ensureKernel($, { base, variant: "kunit-base" });
      return kunitPair($, pristine.imagePath, (await ensureKernel($, { base, variant: "kunit-prezero" })).imagePath);
    },
  },
  {
    name: "public selftests",
    about: `${MM_RUNS.length} runs of the kernel's own tools/testing/selftests/mm, base against the series`,
    run: ($, plan) => mmPair($, plan),
  },
  {
    name: "stress-ng",
    about: `${STRESSORS.length} kinds of memory stress that verify what they read, ${STRESS_SECONDS} s`,
    run: stressNgBesideWorker,
  },
];

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
  const found = count(report.results.length, "suite");
  return measured(`${name}: all suites were heard`, found, holds, failure ? describeError(failure) : "");
}

function suitesOf({ report }: SuiteRun): Outcome[] {
  return report.results.map(({ name, status, log, subtests }) => {
    const cases = casesOf(subtests);
    const words = [...cases.flatMap((one) => (one.status === "passed" ? [] : one.log)), ...log];
    return { name, status, cases, log: words.slice(-LOG_LINES) };
  });
}

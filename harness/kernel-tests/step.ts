import { describeError, HarnessError, InterruptedError, UsageError } from "../base/errors.ts";
import { formatDuration } from "../base/progress.ts";
import { dryRun, partOfDryRun, type Shell } from "../base/shell.ts";
import { casesOf, check, countCases, distinct, isGood, showCase, type TestResult } from "../ktap/result.ts";

/** A part of the kernel tests: it answers with its cases, and what it throws is a failed case. */
export type Step = {
  name: string;
  /** A few words about how long and what, for who waits. */
  about: string;
  /** When it throws, nothing that follows can run. */
  needed?: boolean;
  run($: Shell): Promise<TestResult[]>;
};

type StepsResult = {
  /** One group per step, in order. */
  results: TestResult[];
  /** What a needed step threw. */
  stopped: HarnessError | undefined;
};

/**
 * The steps with these names, in their own order; the part of a name before a colon stands for all that begin so.
 * @throws UsageError STEP_UNKNOWN naming those there are
 */
export function chooseSteps(steps: Step[], names: string[]): Step[] {
  const wanted = names.map((name) => name.trim());
  const isMeant = (step: Step, name: string) => step.name === name || step.name.split(":")[0] === name;
  const unknown = wanted.find((name) => !steps.some((step) => isMeant(step, name)));
  if (unknown === undefined) return steps.filter((step) => wanted.some((name) => isMeant(step, name)));
  throw new UsageError({
    code: "STEP_UNKNOWN",
    message: `There is no step "${unknown}"`,
    remedy: `Allowed: ${steps.map(({ name }) => name).join(", ")}; more with --full.`,
  });
}

/**
 * Runs the steps one after the other and shows each case when its step is over.
 * @param say gets lines for people: what begins, what took how long
 * @param print gets the cases
 * @throws InterruptedError on Ctrl-C; anything that is not a HarnessError is a bug of the harness and passed on
 */
export async function runSteps(
  $: Shell,
  steps: Step[],
  say: (line: string) => void,
  print: (line: string) => void,
): Promise<StepsResult> {
  const results: TestResult[] = [];
  let stopped: HarnessError | undefined;
  for (const [index, step] of steps.entries()) {
    if (stopped) {
      results.push({ name: step.name, status: "missing", log: [`not run: ${stopped.message}`], subtests: [] });
    } else {
      say(`== ${index + 1}/${steps.length} ${step.name}: ${step.about}`);
      const startedMs = Date.now();
      const { cases, thrown } = await attempt($, step);
      if (step.needed) stopped = thrown;
      const names = distinct(cases.map(({ name }) => name));
      const subtests = cases.map((one, index) => ({ ...one, name: names[index] ?? one.name }));
      results.push({ name: step.name, status: verdict(cases), log: [], subtests });
      say(`== ${step.name} took ${formatDuration(Date.now() - startedMs)}`);
    }
    for (const one of casesOf(results.slice(-1))) print(showCase(one));
  }
  return { results, stopped };
}

/**
 * Says what the steps would run: each goes its own way with a shell that records, as far as that is known before
 * anything was found. What one makes, as kernels, the next finds.
 * @throws the first of what the steps would refuse before they run, when all are told: a patch that does not apply, an
 *   unknown fragment. As in a real run it ends all when the step is needed
 */
export async function describeSteps($: Shell, steps: Step[], print: (line: string) => void): Promise<void> {
  const tell = async ($: Shell) => {
    let first: HarnessError | undefined;
    for (const [index, step] of steps.entries()) {
      print(`${index + 1}. ${step.name}: ${step.about}`);
      try {
        await partOfDryRun($, () => step.run($));
      } catch (error) {
        if (!isTestResult(error)) throw error;
        $.note(describeError(error));
        first ??= error;
        if (step.needed) break;
      }
    }
    if (first) throw first;
  };
  await dryRun($, tell, print);
}

async function attempt($: Shell, step: Step): Promise<{ cases: TestResult[]; thrown?: HarnessError }> {
  try {
    return { cases: await step.run($) };
  } catch (error) {
    if (!isTestResult(error)) throw error;
    return { cases: [check("runs to its end", false, describeError(error))], thrown: error };
  }
}

/** Ctrl-C is none, nor is a bug of the harness. */
function isTestResult(error: unknown): error is HarnessError {
  return error instanceof HarnessError && !(error instanceof InterruptedError);
}

/** A step without a single passed case has shown nothing, so it has not passed. */
function verdict(cases: TestResult[]): TestResult["status"] {
  return cases.every((one) => isGood(one.status)) && countCases(casesOf(cases)).passed > 0 ? "passed" : "failed";
}

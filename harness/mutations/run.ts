import { InfrastructureError, MeasurementError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import type { TestPlan } from "../kernel-tests/boot/test-host.ts";
import { casesOf, check, isGood, type TestCase, type TestResult } from "../ktap/result.ts";
import { onKunit, onRefusals, onSelftest, type RunTest, variantOf } from "./beds.ts";
import { MutantTree } from "./mutant-tree.ts";
import type { Bed, Mutation } from "./mutation.ts";

/** Told as the run goes on: which mutant, of how many. */
export type OnMutant = (index: number, mutation: Mutation) => void;

/**
 * Builds every mutant and requires the test that it names to notice. The tests must pass on the healthy series first:
 * a test that is always red catches nothing.
 * @returns one case per mutation, in order; a mutant that does not build is one that failed, and the others go on
 * @throws MeasurementError MUTATION_BASELINE when a test fails without a mutation, MUTATION_TEST_MISSING; what building
 *   and booting throw
 */
export async function runMutations(
  $: Shell,
  mutations: Mutation[],
  plan: TestPlan,
  onMutant: OnMutant,
  onResult: (result: TestResult) => void,
): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const variant of ["kunit", "prezero"] as const) {
    const here = mutations.filter(({ caughtBy }) => variantOf(caughtBy.bed) === variant);
    if (here.length === 0) continue;
    plan.say(`building the healthy series (${variant})`);
    const tree = await MutantTree.make($, plan.base, variant);
    const healthy = await tree.build();
    const run = await beds($, plan, here);
    await assertGreen(healthy, distinctTests(here), run);
    for (const mutation of here) {
      onMutant(results.length, mutation);
      const result = await runOne(mutation, tree, run);
      onResult(result);
      results.push(result);
    }
  }
  return results;
}

async function beds($: Shell, plan: TestPlan, mutations: Mutation[]): Promise<(bed: Bed) => RunTest> {
  const needed = mutations.some(({ caughtBy }) => caughtBy.bed === "selftest");
  const selftest = needed ? await onSelftest($, plan) : onKunit($);
  const all: Record<Bed, RunTest> = { kunit: onKunit($), refusals: onRefusals($), selftest };
  return (bed) => all[bed];
}

/** One mutation for each test that is named. */
function distinctTests(mutations: Mutation[]): Mutation[] {
  return [...new Map(mutations.map((one) => [`${one.caughtBy.bed} ${one.caughtBy.test}`, one])).values()];
}

/** What runs as a whole is run once for all its tests: the selftest, and the suite on kernels that know no filter. */
async function assertGreen(imagePath: string, mutations: Mutation[], run: (bed: Bed) => RunTest): Promise<void> {
  const heard = new Map<Bed, BrokenOff>();
  for (const { caughtBy } of mutations) {
    const { bed, test } = caughtBy;
    const before = heard.get(bed);
    const answer = before && casesNamed(test, before.results).length > 0 ? before : await run(bed)(imagePath, test);
    heard.set(bed, answer);
    const verdict = judge(test, answer);
    if (!verdict.caught) continue;
    throw new MeasurementError({
      code: "MUTATION_BASELINE",
      message: `${test} fails on the series as it is, so it can catch nothing.`,
      detail: verdict.evidence,
      remedy: "Correct the series or the test first: npm test, npm run test:kernel.",
    });
  }
}

async function runOne(mutation: Mutation, tree: MutantTree, run: (bed: Bed) => RunTest): Promise<TestResult> {
  const { bed, test } = mutation.caughtBy;
  const verdict = await tree
    .withMutant(mutation, async (image) => judge(test, await run(bed)(image, test)))
    .catch(unbuilt);
  const name = `${mutation.name}: ${mutation.breaks}`;
  return { ...check(name, verdict.caught, verdict.evidence), log: [`${test}: ${verdict.evidence}`] };
}

/** Nothing can notice a mutant that there is not. @throws every other error */
function unbuilt(error: unknown): Judgement {
  if (!(error instanceof InfrastructureError) || error.code !== "KERNEL_BUILD_FAILED") throw error;
  return { caught: false, evidence: `the mutant does not build\n${error.detail ?? ""}`.trim() };
}

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
  if (failure) throw failure;
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

import { InfrastructureError, MeasurementError } from "../base/errors.ts";
import { partOfDryRun, type Shell } from "../base/shell.ts";
import type { TestPlan } from "../kernel-tests/boot/test-host.ts";
import { check, type TestResult } from "../ktap/result.ts";
import { fragmentsOf, onKunit, onRefusals, onSelftest, type RunTest, variantOf } from "./beds.ts";
import { type BrokenOff, casesNamed, type Judgement, judge } from "./judge.ts";
import { MutantTree } from "./mutant-tree.ts";
import type { Bed, Mutation } from "./mutation.ts";

/** Told before each mutant: how many were before it. */
export type OnMutant = (index: number, mutation: Mutation) => void;

type Beds = Readonly<Record<Bed, RunTest>>;

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
  const beds: Beds = { kunit: onKunit($), refusals: onRefusals($), selftest: onSelftest($, plan) };
  for (const variant of ["kunit", "prezero"] as const) {
    const here = mutations.filter(({ caughtBy }) => variantOf(caughtBy.bed) === variant);
    if (here.length === 0) continue;
    plan.say(`building the healthy series (${variant})`);
    const tree = await MutantTree.make($, plan.base, variant, fragmentsOf(variant));
    const healthy = await tree.build();
    await assertGreen($, healthy, distinctTests(here), beds);
    for (const mutation of here) {
      onMutant(results.length, mutation);
      await partOfDryRun($, async () => {
        const result = await runOne(mutation, tree, beds);
        onResult(result);
        results.push(result);
      });
    }
  }
  return results;
}

/** One mutation for each test that is named. */
function distinctTests(mutations: Mutation[]): Mutation[] {
  return [...new Map(mutations.map((one) => [`${one.caughtBy.bed} ${one.caughtBy.test}`, one])).values()];
}

/** What runs as a whole is run once for all its tests: all but KUnit, and that on kernels that know no filter. */
async function assertGreen($: Shell, imagePath: string, mutations: Mutation[], beds: Beds): Promise<void> {
  const heard = new Map<Bed, BrokenOff>();
  for (const { caughtBy } of mutations) {
    const { bed, test } = caughtBy;
    const before = heard.get(bed);
    const hasRun = before && (bed !== "kunit" || casesNamed(test, before.results).length > 0);
    await partOfDryRun($, async () => {
      const answer = hasRun ? before : await beds[bed](imagePath, test);
      heard.set(bed, answer);
      assertPasses(test, answer);
    });
  }
}

function assertPasses(test: string, answer: BrokenOff): void {
  const verdict = judge(test, answer);
  if (!verdict.caught) return;
  throw new MeasurementError({
    code: "MUTATION_BASELINE",
    message: `${test} fails on the series as it is, so it can catch nothing.`,
    detail: verdict.evidence,
    remedy: "Correct the series or the test first: npm test, npm run test:kernel.",
  });
}

async function runOne(mutation: Mutation, tree: MutantTree, beds: Beds): Promise<TestResult> {
  const { bed, test } = mutation.caughtBy;
  const verdict = await tree
    .withMutant(mutation, async (image) => judge(test, await beds[bed](image, test)))
    .catch(unbuilt);
  const name = `${mutation.name}: ${mutation.breaks}`;
  return { ...check(name, verdict.caught, verdict.evidence), log: [`${test}: ${verdict.evidence}`] };
}

/** Nothing can notice a mutant that there is not. @throws every other error */
function unbuilt(error: unknown): Judgement {
  if (!(error instanceof InfrastructureError) || error.code !== "KERNEL_BUILD_FAILED") throw error;
  return { caught: false, evidence: `the mutant does not build\n${error.detail ?? ""}`.trim() };
}

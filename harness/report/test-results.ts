import { isAgain } from "../analysis/effects.ts";
import type { Effect } from "../analysis/figures.ts";
import type { Judged } from "../analysis/requirements.ts";
import type { Summary } from "../analysis/summary.ts";
import { MeasurementError } from "../base/errors.ts";
import { formatSize } from "../base/size.ts";
import { isGood, type TestResult } from "../ktap/result.ts";
import { isDifference } from "../stats/verdict.ts";
import { count, formatP, formatRange, formatRatio, formatThp } from "./wording/format.ts";
import { verdictText, wordsOf } from "./wording/words.ts";

/**
 * A run as test results for CI: a case for each effect, and one for each requirement. Names are the same in every run of
 * the same settings; what was found stands beside them.
 */
export function testResultsOf({ run, effects }: Summary, judged: readonly Judged[]): TestResult[] {
  const { unit } = wordsOf(run);
  const cases = effects.map((effect) => effectCase(effect, verdictText(effect.verdict, unit)));
  return [
    group("effects", cases, "base and another arm need a finished boot each"),
    ...(judged.length > 0 ? [group("requirements", judged.map(requirementCase))] : []),
  ];
}

/** @throws MeasurementError REQUIREMENT_MISSED naming each requirement that is not met, with what was found */
export function assertMet(judged: readonly Judged[], runId: string): void {
  const missed = judged.filter(({ met }) => !met);
  if (missed.length === 0) return;
  throw new MeasurementError({
    code: "REQUIREMENT_MISSED",
    message: `${missed.length} of ${count(judged.length, "requirement")} not met`,
    detail: missed.map((one) => `${one.requirement.text}: ${foundText(one)}`).join("\n"),
    remedy: `More boots narrow the interval; \`npm run results -- plan ${runId}\` says how many show how much.`,
  });
}

/**
 * An effect passes by having a verdict, whichever: what it has to be is for requirements to say. Without one it is
 * skipped, and the same kernel that differs from itself has failed.
 */
function effectCase(effect: Effect, verdict: string): TestResult {
  const { thp, memoryBytes, armName, ratio, low, high, p, boots } = effect;
  const figures = [
    verdict,
    `base/arm ${formatRatio(ratio)}`,
    ...(low === null ? [] : [`interval ${formatRange(low, high, formatRatio)}`]),
    ...(p === null ? [] : [`p ${formatP(p)}`]),
    `${count(boots, "boot")} an arm`,
  ];
  const name = `${formatThp(thp)}, ${formatSize(memoryBytes)}, ${armName}`;
  const one = { name, found: figures.join(", "), subtests: [] };
  if (effect.verdict === "too few boots") return { ...one, status: "skipped", log: [effect.verdict] };
  if (isAgain(effect) && isDifference(effect.verdict)) {
    return { ...one, status: "failed", log: ["the same kernel came out different from itself"] };
  }
  return { ...one, status: "passed", log: [] };
}

function requirementCase(judged: Judged): TestResult {
  const status = judged.met ? "passed" : "failed";
  return { name: judged.requirement.text, found: foundText(judged), status, log: [], subtests: [] };
}

/** What was found for a requirement, with figures. */
function foundText({ effect, decided }: Judged): string {
  if (effect === null) return "not measured: base and the arm need finished boots each";
  const measured = `base/arm ${formatRatio(effect.ratio)}`;
  if (decided === null) return `${measured}, no interval with ${count(effect.boots, "boot")} an arm`;
  // With four decimals: a bound that was missed by a hair must not look as if it had been met.
  const value = String(Number(decided.value.toFixed(4)));
  return `${decided.end} end ${value} (${measured}, interval ${formatRange(effect.low, effect.high, formatRatio)})`;
}

/** @param empty why there is no case, when there is none */
function group(name: string, subtests: TestResult[], empty = ""): TestResult {
  if (subtests.length === 0) return { name, status: "skipped", log: [empty], subtests };
  return { name, status: subtests.every(({ status }) => isGood(status)) ? "passed" : "failed", log: [], subtests };
}

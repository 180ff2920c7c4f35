import { MeasurementError } from "../base/errors.ts";
import { formatSize } from "../base/size.ts";
import { isGood, type TestResult } from "../ktap/result.ts";
import { isAgain } from "./effects.ts";
import { count, formatP, formatRange, formatRatio, formatThp } from "./format.ts";
import type { Judged } from "./requirements.ts";
import type { Effect, Summary } from "./summary.ts";

/** A run as test results for CI: a case for each effect, and one for each requirement. */
export function testResultsOf({ effects }: Summary, judged: readonly Judged[]): TestResult[] {
  return [
    group("effects", effects.map(effectCase), "base and another arm need a finished boot each"),
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
    detail: missed.map(({ requirement, found }) => `${requirement.text}: ${found}`).join("\n"),
    remedy: `More boots narrow the interval; \`npm run results -- plan ${runId}\` says how many show how much.`,
  });
}

/**
 * An effect passes by having a verdict, whichever: what it has to be is for requirements to say. Without one it is
 * skipped, and the same kernel that differs from itself has failed.
 */
function effectCase(effect: Effect): TestResult {
  const { thp, memoryBytes, armName, ratio, low, high, p, boots, verdict } = effect;
  const figures = [
    verdict,
    `base/arm ${formatRatio(ratio)}`,
    ...(low === null ? [] : [`interval ${formatRange(low, high, formatRatio)}`]),
    ...(p === null ? [] : [`p ${formatP(p)}`]),
    `${count(boots, "boot")} an arm`,
  ];
  const one = {
    name: `${formatThp(thp)}, ${formatSize(memoryBytes)}, ${armName}`,
    found: figures.join(", "),
    subtests: [],
  };
  if (verdict === "too few boots") return { ...one, status: "skipped", log: [verdict] };
  if (isAgain(effect) && (verdict === "faster" || verdict === "slower")) {
    return { ...one, status: "failed", log: ["the same kernel came out different from itself"] };
  }
  return { ...one, status: "passed", log: [] };
}

function requirementCase({ requirement, met, found }: Judged): TestResult {
  return { name: requirement.text, found, status: met ? "passed" : "failed", log: [], subtests: [] };
}

/** @param empty why there is no case, when there is none */
function group(name: string, subtests: TestResult[], empty = ""): TestResult {
  if (subtests.length === 0) return { name, status: "skipped", log: [empty], subtests };
  return { name, status: subtests.every(({ status }) => isGood(status)) ? "passed" : "failed", log: [], subtests };
}

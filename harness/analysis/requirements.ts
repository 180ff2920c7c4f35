import type { Operator, Requirement } from "../run/requirement.ts";
import { count, formatRange, formatRatio } from "./format.ts";
import type { Effect, Summary } from "./summary.ts";

/** A requirement and whether the run met it. */
export type Judged = {
  requirement: Requirement;
  met: boolean;
  /** What was found, with figures. */
  found: string;
};

const HOLDS: Readonly<Record<Operator, (value: number, ratio: number) => boolean>> = {
  ">=": (value, ratio) => value >= ratio,
  ">": (value, ratio) => value > ratio,
  "<=": (value, ratio) => value <= ratio,
  "<": (value, ratio) => value < ratio,
};

/**
 * Holds the effects at the headline's size against what was required of them. The end of the interval that is harder to
 * meet decides: a ratio of 8.1 that may as well be 5 does not show 8. What was not measured is not met.
 */
export function judgeRequirements({ run, effects }: Summary, requirements: readonly Requirement[]): Judged[] {
  const headline = effects.filter((effect) => effect.memoryBytes === run.settings.memoryBytes);
  return requirements.map((requirement) => {
    const effect = headline.find(({ thp, armName }) => thp === requirement.thp && armName === requirement.arm);
    return { requirement, ...judge(requirement, effect) };
  });
}

function judge({ operator, ratio }: Requirement, effect: Effect | undefined): Omit<Judged, "requirement"> {
  if (effect === undefined) return { met: false, found: "not measured: base and the arm need finished boots each" };
  const measured = `base/arm ${formatRatio(effect.ratio)}`;
  const { low, high } = effect;
  if (low === null || high === null) {
    return { met: false, found: `${measured}, no interval with ${count(effect.boots, "boot")} an arm` };
  }
  const [end, value] = operator.startsWith(">") ? ["low", low] : ["high", high];
  return {
    met: HOLDS[operator](value, ratio),
    found: `${end} end ${exactly(value)} (${measured}, interval ${formatRange(low, high, formatRatio)})`,
  };
}

/** With four decimals: a bound that was missed by a hair must not look as if it had been met. */
function exactly(value: number): string {
  return String(Number(value.toFixed(4)));
}

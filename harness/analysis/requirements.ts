import type { Operator, Requirement } from "../run/requirement.ts";
import type { Effect } from "./figures.ts";
import type { Summary } from "./summary.ts";

/** A requirement and whether the run met it. */
export type Judged = {
  requirement: Requirement;
  met: boolean;
  /** What it is about; null when that was not measured. */
  effect: Effect | null;
  /** The end of the interval that decided; null without an interval. */
  decided: { end: "low" | "high"; value: number } | null;
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
    const effect = headline.find(({ thp, armName }) => thp === requirement.thp && armName === requirement.arm) ?? null;
    const end = requirement.operator.startsWith(">") ? "low" : "high";
    const value = effect?.[end] ?? null;
    if (value === null) return { requirement, met: false, effect, decided: null };
    const met = HOLDS[requirement.operator](value, requirement.ratio);
    return { requirement, met, effect, decided: { end, value } };
  });
}

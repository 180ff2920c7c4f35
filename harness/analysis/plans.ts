import { UsageError } from "../base/errors.ts";
import { onSameKernel } from "../run/arm-name.ts";
import { fewestBoots, smallestEffect, spreadOf } from "../stats/smallest-effect.ts";
import { bootMedians, sameConfiguration } from "./effects.ts";
import type { Cell, Effect, Plan } from "./figures.ts";
import type { Summary } from "./summary.ts";

/** Boots an arm that a plan is made for; with four, the first verdict is possible. */
const NUMBERS = [4, 5, 6, 8, 10, 12, 16, 20];

/**
 * What numbers of boots would show, for each effect, with the spread of the boots that there are; effects with fewer
 * than two boots in an arm have no spread and no plan.
 * @param numbers boots an arm to plan for
 */
export function plansOf(cells: readonly Cell[], effects: readonly Effect[], numbers: readonly number[]): Plan[] {
  return effects.flatMap((effect) => {
    const { scenario, thp, memoryBytes, armName } = effect;
    const medians = (arm: string): number[] =>
      cells.filter((cell) => cell.arm === arm && sameConfiguration(cell, effect)).flatMap(bootMedians);
    const [base, arm] = [medians(onSameKernel(armName, "base")), medians(armName)];
    if (Math.min(base.length, arm.length) < 2) return [];
    const noise = { baseSpread: spreadOf(base), armSpread: spreadOf(arm) };
    return [
      {
        ...{ scenario, thp, memoryBytes, armName, ...noise, pilotBoots: { base: base.length, arm: arm.length } },
        shown: numbers.map((boots) => ({ boots, ratio: smallestEffect({ boots, ...noise }) })),
      },
    ];
  });
}

/**
 * The plan of a next run at the headline's size, from the boots of this one.
 * @throws UsageError PILOT_TOO_SMALL when no arm was measured against base in two boots
 */
export function plansFor({ run, cells, effects }: Summary): Plan[] {
  const headline = effects.filter((effect) => effect.memoryBytes === run.settings.memoryBytes);
  const plans = plansOf(cells, headline, NUMBERS);
  if (plans.length > 0) return plans;
  throw new UsageError({
    code: "PILOT_TOO_SMALL",
    message: `${run.id} cannot plan a run: that takes two finished boots of base and of another arm`,
    remedy: "Name a run that has them, or measure one: npm run bench -- --boots 2",
  });
}

/** The plan that a report shows: what as many boots as were measured show, or the fewest that show anything. */
export function ownPlansOf(cells: readonly Cell[], effects: readonly Effect[]): Plan[] {
  return effects.flatMap((effect) => plansOf(cells, [effect], [Math.max(effect.boots, fewestBoots())]));
}

import { count, formatDifference, formatRatio, formatThp, formatThpCell, NOTHING } from "../../analysis/format.ts";
import type { Plan, Summary } from "../../analysis/summary.ts";
import { wordsOf } from "../../analysis/words.ts";
import { POWER } from "../../stats/smallest-effect.ts";
import { spreadFactors } from "../../stats/spread.ts";
import { ALPHA } from "../../stats/verdict.ts";
import type { Section } from "../section.ts";

const inHundred = POWER * 100;

/** What the boots of a run show, in a sentence for all its effects; none without a plan. */
export function planNotes(plans: readonly Plan[]): string[] {
  const shown = plans.flatMap(({ thp, armName, shown: [first] }) =>
    first === undefined || first.ratio === null
      ? []
      : [{ boots: first.boots, text: `${formatDifference(first.ratio)} % or more (${formatThp(thp)}, ${armName})` }],
  );
  const sentences = [...Map.groupBy(shown, ({ boots }) => boots)].map(
    ([boots, own]) => `${count(boots, "boot")} an arm show a difference of ${own.map(({ text }) => text).join(", ")}`,
  );
  if (sentences.length === 0) return [];
  return [
    `With the spread of these boots, ${sentences.join("; ")}: that much, as base/arm, is shown in ${inHundred} of 100 ` +
      "simulated runs. `npm run results -- plan` has it for other numbers of boots.",
  ];
}

/** Numbers of boots against the smallest effect that they show, from the boots of a run. */
export function planSection({ run }: Summary, plans: readonly Plan[]): Section {
  const numbers = plans[0]?.shown.map(({ boots }) => boots) ?? [];
  return {
    id: "plan",
    heading: `Boots an arm, and the smallest difference that they show (%): ${wordsOf(run).one(run.settings.memoryBytes)}`,
    table: {
      columns: [
        { label: "boots", numeric: true },
        ...plans.map(({ thp, armName }) => ({ label: `THP ${formatThpCell(thp)}, ${armName}`, numeric: true })),
      ],
      rows: numbers.map((boots, i) => [
        String(boots),
        ...plans.map(({ shown }) => {
          const ratio = shown[i]?.ratio ?? null;
          return ratio === null ? NOTHING : formatDifference(ratio);
        }),
      ]),
    },
    notes: [
      `Of 100 simulated runs ${inHundred} show a difference of that size (base/arm - 1), by permutation test and interval ` +
        `at level ${ALPHA}. Their per-boot medians are log-normal with the spread of this run's boots.`,
      spreadNote(plans),
      "Measure with `npm run bench -- --boots N`; `--dry-run` says how long that takes.",
    ],
  };
}

function spreadNote(plans: readonly Plan[]): string {
  const spreads = plans.map(
    ({ thp, armName, baseSpread, armSpread }) =>
      `${formatThp(thp)}: base ${baseSpread.toFixed(3)}, ${armName} ${armSpread.toFixed(3)}`,
  );
  const boots = Math.min(...plans.flatMap(({ pilotBoots }) => [pilotBoots.base, pilotBoots.arm]));
  const { low, high } = spreadFactors(2 * boots - 2);
  return (
    `Spread (standard deviation of the logarithm): ${spreads.join("; ")}. Known from ${count(boots, "boot")} an arm, which ` +
    `is to within a factor of ${formatRatio(low)} to ${formatRatio(high)} (95 %), and the table is no better.`
  );
}

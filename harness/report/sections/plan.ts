import type { Plan } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import { POWER, spreadFactors } from "../../stats/smallest-effect.ts";
import { ALPHA } from "../../stats/verdict.ts";
import { count, formatDifference, formatRatio, orNothing } from "../wording/format.ts";
import { wordsOf } from "../wording/words.ts";
import { ARM_NAME, figures, THP, tableOf } from "./columns.ts";
import type { Section } from "./section.ts";

const METHOD =
  `Shown in ${POWER * 100} of 100 simulated runs, by permutation test and interval at level ${ALPHA}. Their per-boot ` +
  "medians are log-normal with the spread of this run's boots (standard deviation of the logarithm).";

/** How small a difference the boots of a run show; none without a plan. */
export function ownPlanSections({ run, plans }: Summary): Section[] {
  if (plans.length === 0) return [];
  return [
    {
      id: "plan",
      heading: `Smallest difference that these boots show: ${wordsOf(run).one(run.settings.memoryBytes)}`,
      table: tableOf(
        plans,
        [
          THP,
          ARM_NAME,
          figures("boots", ({ shown }) => String(shown[0]?.boots)),
          figures("shows %", ({ shown }) => orNothing(shown[0]?.ratio, formatDifference)),
          ...SPREADS,
        ],
        2,
      ),
      notes: [METHOD, "`npm run results -- plan` has it for other numbers of boots."],
    },
  ];
}

/** Numbers of boots against the smallest difference that they show, from the boots of a run. */
export function planSection({ run, matters }: Summary, plans: readonly Plan[]): Section {
  const numbers = plans[0]?.shown.map(({ boots }) => boots) ?? [];
  const wanted = Number((matters * 100).toFixed(2));
  const boots = Math.min(...plans.flatMap(({ pilotBoots }) => [pilotBoots.base, pilotBoots.arm]));
  const { low, high } = spreadFactors(2 * boots - 2);
  return {
    id: "plan",
    heading: `Smallest difference (%) that numbers of boots an arm show: ${wordsOf(run).one(run.settings.memoryBytes)}`,
    table: tableOf(
      plans,
      [
        THP,
        ARM_NAME,
        ...numbers.map((number, i) =>
          figures(String(number), ({ shown }: Plan) => orNothing(shown[i]?.ratio, formatDifference)),
        ),
        figures(`boots for ${wanted} %`, (plan) => enoughFor(plan, 1 + matters)),
        ...SPREADS,
      ],
      2,
    ),
    notes: [
      METHOD,
      `${wanted} % is the smallest difference that matters (--matters).`,
      `${count(boots, "boot")} an arm know the spread to within a factor of ${formatRatio(low)} to ${formatRatio(high)} ` +
        "(95 %), and the table is no better.",
      "Measure with `npm run bench -- --boots N`; `--dry-run` says how long that takes.",
    ],
  };
}

const SPREADS = [
  figures("spread, base", ({ baseSpread }: Plan) => baseSpread.toFixed(3)),
  figures("spread, arm", ({ armSpread }: Plan) => armSpread.toFixed(3)),
];

/** The fewest of the planned numbers that show a ratio. */
function enoughFor({ shown }: Plan, ratio: number): string {
  const enough = shown.find((planned) => planned.ratio !== null && planned.ratio <= ratio);
  return enough === undefined ? `over ${shown.at(-1)?.boots}` : String(enough.boots);
}

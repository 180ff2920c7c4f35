import { describe, expect, it } from "vitest";
import { plansFor, plansOf } from "../../harness/analysis/plans.ts";
import { summarize } from "../../harness/analysis/summarize.ts";
import type { Summary } from "../../harness/analysis/summary.ts";
import { planNotes, planSection } from "../../harness/report/sections/plan.ts";
import { resultSection } from "../../harness/report/sections/result.ts";
import { smallestEffect } from "../../harness/stats/smallest-effect.ts";
import { spreadOf } from "../../harness/stats/spread.ts";
import { syntheticRun, syntheticSamples } from "../report/synthetic-run.ts";

function summary(changes: Parameters<typeof syntheticRun>[0]): Summary {
  const run = syntheticRun({ arms: ["base", "prezero"], thp: ["on"], ...changes });
  return summarize(run, syntheticSamples(run));
}

describe("a plan", () => {
  const { cells, effects, plans } = summary({});
  const medians = (arm: string): number[] =>
    cells
      .filter((cell) => cell.arm === arm && cell.memoryBytes === 4 * 2 ** 30)
      .flatMap((c) => c.boots.map((b) => b.median));

  it("takes the spread of each arm from its own per-boot medians", () => {
    const [plan] = plansOf(cells, effects, [4, 6]);
    const noise = { baseSpread: spreadOf(medians("base")), armSpread: spreadOf(medians("prezero")) };
    expect(plan).toMatchObject({ armName: "prezero", pilotBoots: { base: 4, arm: 4 }, ...noise });
    expect(plan?.shown).toEqual([4, 6].map((boots) => ({ boots, ratio: smallestEffect({ boots, ...noise }) })));
  });

  it("stands in the report in one sentence, for as many boots as were measured", () => {
    const [plan] = plans;
    const percent = (((plan?.shown[0]?.ratio as number) - 1) * 100).toFixed(0);
    expect(plans).toHaveLength(1);
    expect(resultSection(summary({})).notes?.at(-1)).toContain(
      `With the spread of these boots, 4 boots an arm show a difference of ${percent} % or more (THP on, prezero)`,
    );
  });

  it("with two boots is for the fewest that can show anything, not for two", () => {
    expect(summary({ boots: 2 }).plans[0]?.shown.map(({ boots }) => boots)).toEqual([4]);
  });

  it("is not made up from one boot", () => {
    const single = summary({ boots: 1 });
    expect(single.plans).toEqual([]);
    expect(planNotes(single.plans)).toEqual([]);
    expect(() => plansFor(single)).toThrow(expect.objectContaining({ code: "PILOT_TOO_SMALL", exitCode: 2 }));
  });

  it("is a table of boots and the smallest difference that they show, falling", () => {
    const own = summary({});
    const section = planSection(own, plansFor(own));
    expect(section.table?.columns.map(({ label }) => label)).toEqual(["boots", "THP on, prezero"]);
    expect(section.table?.rows.map(([boots]) => boots)).toEqual(["4", "5", "6", "8", "10", "12", "16", "20"]);
    const percents = section.table?.rows.map((row) => Number(row[1])) ?? [];
    expect(percents).toEqual(percents.toSorted((a, b) => b - a));
    expect(section.notes?.join(" ")).toMatch(
      /Known from 4 boots an arm, which is to within a factor of 0\.64 to 2\.20/,
    );
  });
});

import { describe, expect, it } from "vitest";
import { plansFor, plansOf } from "../../harness/analysis/plans.ts";
import { summarize } from "../../harness/analysis/summarize.ts";
import type { Summary } from "../../harness/analysis/summary.ts";
import { ownPlanSections, planSection } from "../../harness/report/sections/plan.ts";
import { smallestEffect, spreadOf } from "../../harness/stats/smallest-effect.ts";
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

  it("stands in the report as a row for each effect, for as many boots as were measured", () => {
    const [plan] = plans;
    const percent = (((plan?.shown[0]?.ratio as number) - 1) * 100).toFixed(0);
    expect(ownPlanSections(summary({}))[0]?.table?.rows).toEqual([
      ["on", "prezero", "4", percent, expect.stringMatching(/^0\.\d{3}$/), expect.stringMatching(/^0\.\d{3}$/)],
    ]);
  });

  it("with two boots is for the fewest that can show anything, not for two", () => {
    expect(summary({ boots: 2 }).plans[0]?.shown.map(({ boots }) => boots)).toEqual([4]);
  });

  it("is not made up from one boot", () => {
    const single = summary({ boots: 1 });
    expect(single.plans).toEqual([]);
    expect(ownPlanSections(single)).toEqual([]);
    expect(() => plansFor(single)).toThrow(expect.objectContaining({ code: "PILOT_TOO_SMALL", exitCode: 2 }));
  });

  it("is a table of the smallest difference that numbers of boots show, falling", () => {
    const own = summary({});
    const { table, notes } = planSection(own, plansFor(own));
    const numbers = ["4", "5", "6", "8", "10", "12", "16", "20"];
    expect(table?.columns.map(({ label }) => label)).toEqual([
      ...["THP", "arm", ...numbers, "boots for 2 %", "spread, base", "spread, arm"],
    ]);
    const [row = []] = table?.rows ?? [];
    expect(row.slice(0, 2)).toEqual(["on", "prezero"]);
    const percents = row.slice(2, 10).map(Number);
    expect(percents).toEqual(percents.toSorted((a, b) => b - a));
    expect(notes?.join(" ")).toContain("4 boots an arm know the spread to within a factor of 0.64 to 2.20");
  });

  it("says how many boots show the smallest difference that matters", () => {
    const own = summary({});
    const made = plansOf(own.cells, own.effects.slice(0, 1), [4, 20]);
    const enough = (matters: number) => planSection({ ...own, matters }, made).table?.rows[0]?.[4];
    expect(enough(0.0001)).toBe("over 20");
    expect(enough(0.99)).toBe("4");
  });
});

import { describe, expect, it } from "vitest";
import { summarize } from "../../harness/analysis/summarize.ts";
import type { Summary } from "../../harness/analysis/summary.ts";
import { outlierSections } from "../../harness/report/sections/rounds.ts";
import { syntheticRun, syntheticSamples } from "../report/synthetic-run.ts";

/** One arm, one setting: seconds of each round by boot. */
function measured(boots: number[][]): Summary {
  const rounds = (boots[0] as number[]).length;
  const run = syntheticRun({ arms: ["base"], thp: ["on"], sweepBytes: [], boots: boots.length, rounds });
  const samples = syntheticSamples(run).map((sample) => ({
    ...sample,
    seconds: (boots[sample.boot - 1] as number[])[sample.round - 1] as number,
  }));
  return summarize(run, samples);
}

const named = ({ outliers }: Summary) => outliers.values.map(({ boot, round }) => [boot, round]);

const clean = [
  [10, 10.2],
  [10.1, 9.9],
  [9.8, 10],
  [10.3, 10.1],
];

describe("values far from the rest", () => {
  it("are not found where there are none, and then nothing is said", () => {
    expect(named(measured(clean))).toEqual([]);
    expect(outlierSections(measured(clean))).toEqual([]);
  });

  it("are a boot, named once, and not each of its rounds", () => {
    expect(named(measured([...clean, [20, 21]]))).toEqual([[5, null]]);
  });

  it("are a round of a boot that is otherwise like the others", () => {
    const summary = measured(clean.map((rounds, i) => [...rounds, i === 2 ? 30 : 10]));
    expect(named(summary)).toEqual([[3, 3]]);
    const [section] = outlierSections(summary);
    expect(section?.table?.rows).toEqual([
      ["on", "4G", "base", "3", "3", "30.00", "10.00", expect.stringMatching(/^\d+\.\d$/)],
    ]);
  });

  it("are a boot and its round where only one round made it so", () => {
    expect(named(measured([...clean, [10, 40]]))).toEqual([
      [5, null],
      [5, 2],
    ]);
  });

  it("stay in every figure", () => {
    const summary = measured([...clean, [20, 21]]);
    expect(summary.cells[0]?.boots).toHaveLength(5);
    expect(summary.cells[0]?.boots.flatMap(({ rounds }) => rounds.map(({ seconds }) => seconds))).toContain(21);
    expect(outlierSections(summary)[0]?.heading).toContain("kept in every figure");
  });

  it("are looked for among four or more only; how many groups that were is said", () => {
    expect(measured([[10], [10.1], [50]]).outliers).toEqual({ groups: 0, values: [] });
    // Boots' medians and all rounds.
    expect(measured(clean).outliers.groups).toBe(2);
    const one = measured([[10], [10.1], [9.9], [10.05], [50]]);
    expect(one.outliers.groups).toBe(1);
    expect(outlierSections(one)[0]?.notes?.[0]).toContain("1 group of four values or more was looked at");
  });
});

import { expect, test } from "vitest";
import { summarize } from "../../../harness/analysis/summarize.ts";
import { marksOf } from "../../../harness/report/plots/axes.ts";
import { roundsPlot } from "../../../harness/report/plots/dot-plots.ts";
import { type ArmName, armKinds } from "../../../harness/run/arm-name.ts";
import { quantityOf } from "../../../harness/run/measure.ts";
import { syntheticRun, syntheticSamples } from "../synthetic-run.ts";

const plotOf = (arms: ArmName[]) => {
  const run = syntheticRun({ arms, thp: ["on"], sweepBytes: [] });
  return roundsPlot(
    "on",
    "VM of 4G",
    quantityOf(run.settings).unit,
    summarize(run, syntheticSamples(run)).cells,
    marksOf(arms),
  );
};
const top = (plot: { option: object }) => (plot.option as { grid: { top: number } }).grid.top;

test("each line of the legend has room of its own above the plot, which stays as high as it is", () => {
  const few = plotOf(["base", "prezero"]);
  const all = plotOf([...armKinds]);
  expect(top(all)).toBeGreaterThan(top(few));
  expect(all.height - top(all)).toBe(few.height - top(few));
});

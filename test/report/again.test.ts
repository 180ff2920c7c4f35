import { describe, expect, it } from "vitest";
import type { Effect } from "../../harness/analysis/figures.ts";
import { summarize } from "../../harness/analysis/summarize.ts";
import type { Summary } from "../../harness/analysis/summary.ts";
import { resultSection } from "../../harness/report/sections/result.ts";
import { caveatTexts } from "../../harness/report/wording/caveats.ts";
import { syntheticRun, syntheticSamples } from "./synthetic-run.ts";

/** Seconds of one round a boot, four boots an arm, in the order of the arms. */
function measured(seconds: { base: number[]; again: number[]; prezero: number[] }): Summary {
  const boots = seconds.base.length;
  const run = syntheticRun({
    arms: ["base", "base-again", "prezero"],
    thp: ["on"],
    sweepBytes: [],
    boots,
    rounds: 1,
    accelerator: "kvm",
  });
  const left = { base: [...seconds.base], "base-again": [...seconds.again], prezero: [...seconds.prezero] };
  const samples = syntheticSamples(run).map((sample) => ({
    ...sample,
    seconds: left[sample.arm as keyof typeof left].shift() as number,
  }));
  return summarize(run, samples);
}

const effect = (summary: Summary, arm: string): Effect => summary.effects.find((e) => e.armName === arm) as Effect;
const row = (summary: Summary, arm: string): string[] | undefined =>
  resultSection(summary).table?.rows.find((cells) => cells[1] === arm);
/** Noise floor and verdict as the table shows them. */
const said = (summary: Summary, arm: string) => [row(summary, arm)?.at(-1), row(summary, arm)?.[4]];
const notes = (summary: Summary): string => (resultSection(summary).notes ?? []).join(" ");

/** Two halves of one kernel that overlap; prezero is twice as fast. */
const quiet = { base: [10, 10.2, 9.8, 10.1], again: [9.9, 10.3, 10, 10.1], prezero: [5, 5.1, 4.9, 5.2] };

describe("an A/A arm", () => {
  it("puts the noise floor beside every effect: the bound of its ratio that is further from 1", () => {
    const summary = measured(quiet);
    // Four boots: the interval reaches from 9.8 / 10.3 to 10.2 / 9.9; 10.3 / 9.8 is further from 1.
    expect(effect(summary, "base-again").low).toBeCloseTo(9.8 / 10.3, 12);
    expect(effect(summary, "base-again").noiseFloor).toBeCloseTo(10.3 / 9.8, 12);
    expect(effect(summary, "prezero").noiseFloor).toBeCloseTo(10.3 / 9.8, 12);
    expect(effect(summary, "prezero").verdict).toBe("faster");
    expect(said(summary, "prezero")).toEqual(["5.1", "faster"]);
    expect(notes(summary)).toContain("Two halves of the same kernel differed by up to 5.1 % (THP on)");
  });

  it("is shown as what it is, never as faster or slower", () => {
    expect(said(measured(quiet), "base-again")).toEqual(["5.1", "A/A: noise floor"]);
    expect(measured(quiet).caveats).toEqual([]);
  });

  it("makes the instrument suspect when the same kernel comes out different", () => {
    const summary = measured({ ...quiet, again: [9, 9.1, 9.2, 9.3] });
    expect(said(summary, "base-again")[1]).toBe("A/A: DIFFERS");
    expect(caveatTexts(summary)).toEqual([
      expect.stringMatching(
        /^THE INSTRUMENT IS SUSPECT: .* 1 of 1 A\/A comparison \(THP on, 4G: faster, base\/base-again 1\.10, p 0\.029\)/,
      ),
    ]);
  });

  it("takes the verdict from an effect that is no larger than the floor", () => {
    const noisy = { base: [10, 10.4, 10.8, 11], again: [9.9, 10.9, 11.5, 12], prezero: [9.6, 9.5, 9.8, 9.7] };
    const summary = measured(noisy);
    expect(effect(summary, "prezero").p).toBeCloseTo(2 / 70, 12);
    expect(effect(summary, "prezero").noiseFloor).toBeCloseTo(1.2, 12);
    expect(effect(summary, "prezero").verdict).toBe("within noise");
    expect(effect(measured({ ...noisy, again: noisy.base }), "prezero").noiseFloor).toBeCloseTo(1.1, 12);
  });

  it("has no floor with three boots, and says so", () => {
    const three = Object.fromEntries(Object.entries(quiet).map(([arm, boots]) => [arm, boots.slice(0, 3)]));
    const summary = measured(three as typeof quiet);
    expect(effect(summary, "prezero").noiseFloor).toBeNull();
    expect(said(summary, "base-again")).toEqual(["-", "A/A: too few boots"]);
    expect(notes(summary)).toContain("the noise floor is not known");
  });

  it("adds no column to a run without it", () => {
    const run = syntheticRun();
    const summary = summarize(run, syntheticSamples(run));
    expect(summary.effects.every((e) => e.noiseFloor === null)).toBe(true);
    expect(resultSection(summary).table?.columns.map((column) => column.label)).not.toContain("noise %");
    expect(notes(summary)).not.toContain("A/A");
  });
});

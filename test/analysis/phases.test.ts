import { describe, expect, it } from "vitest";
import { summarize } from "../../harness/analysis/summarize.ts";
import { renderHtml } from "../../harness/report/html.ts";
import { phaseSections } from "../../harness/report/sections/phases.ts";
import { PHASES, type Phases, phaseNames, type Sample } from "../../harness/run/sample.ts";
import { syntheticRun, syntheticSamples, terminalText } from "../report/synthetic-run.ts";

const run = syntheticRun({ arms: ["base", "prezero"], rounds: 3 });
const GIB_BYTES = 2 ** 30;

/** Half a second to start, half that until it is ready, all the rest in the map. */
const split = ({ seconds }: Sample): Phases => ({ exec: 0.004, start: 0.5, device: 0.25, map: seconds - 0.754 });
const samples = syntheticSamples(run).map((sample) => ({ ...sample, phases: split(sample) }));
const summary = summarize(run, samples);

describe("phases in a report", () => {
  it("are medians of per-boot medians, each phase for itself", () => {
    const cell = summary.phases.find(
      ({ thp, arm, memoryBytes }) => thp === "on" && arm === "base" && memoryBytes === 4 * GIB_BYTES,
    );
    const total = summary.cells.find(
      ({ thp, arm, memoryBytes }) => thp === "on" && arm === "base" && memoryBytes === 4 * GIB_BYTES,
    );
    expect(cell).toMatchObject({ rounds: 12, untold: 0, seconds: { exec: 0.004, start: 0.5, device: 0.25 } });
    expect(cell?.seconds.map).toBeCloseTo((total?.median ?? 0) - 0.754, 9);
    expect(cell?.seconds.guest).toBeUndefined();
  });

  it("stand arm below arm at the headline's size, with what each of them is", () => {
    const [section] = phaseSections(summary);
    expect(section?.heading).toBe("Phases of a creation, VM of 4G, seconds");
    expect(section?.table?.columns.map(({ label }) => label)).toEqual(["THP", "arm", "exec", "start", "device", "map"]);
    expect(section?.table?.rows.map((row) => row.slice(0, 5))).toEqual([
      ["off", "base", "0.004", "0.50", "0.25"],
      ["off", "prezero", "0.004", "0.50", "0.25"],
      ["on", "base", "0.004", "0.50", "0.25"],
      ["on", "prezero", "0.004", "0.50", "0.25"],
    ]);
    expect(section?.notes?.[0]).toContain(`map: ${PHASES.map}`);
  });

  it("leave out rounds without, and say how many", () => {
    const torn = samples.map((sample) =>
      sample.boot === 1 && sample.round === 2 ? { ...sample, phases: null } : sample,
    );
    const [section] = phaseSections(summarize(run, torn));
    // Boot 1 is of base: its second round at 4G, once for each setting of huge pages.
    expect(section?.notes?.at(-1)).toBe("2 of 48 rounds are not in it: QEMU's trace of them was not complete.");
  });

  it("are not spoken of in a run from before there were any", () => {
    const old = summarize(run, syntheticSamples(run));
    expect(old.phases).toEqual([]);
    expect(phaseSections(old)).toEqual([]);
    expect(renderHtml(old)).not.toContain("Phases");
  });

  it("fit into the terminal with every phase there is and the longest name of an arm", () => {
    const wide = syntheticRun();
    const all = Object.fromEntries(phaseNames.map((name) => [name, 123.45]));
    const text = terminalText(
      summarize(
        wide,
        syntheticSamples(wide).map((sample) => ({ ...sample, phases: all })),
      ),
    );
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    expect(text).toMatch(/^ {2}off +prezero-disabled( +123\.5){8}$/m);
  });

  it("are drawn as one bar for each arm and setting, told in words too", () => {
    const html = renderHtml(summary);
    const section = /<section id="phases"[\s\S]*?<\/section>/.exec(html)?.[0] ?? "";
    expect(section.match(/<svg /g)).toHaveLength(2);
    expect(section).toContain('aria-label="Stacked bars of phases, THP off, VM of 4G. base: exec 0.004, start 0.50');
    // Two bars of four parts in each of two plots, and each part's mark in the legends.
    expect(section.match(/fill="var\(--phase-/g)).toHaveLength(2 * (2 * 4 + 4));
    for (const [, name] of section.matchAll(/var\((--phase-\w+)\)/g)) expect(html).toContain(`${name}:`);
  });
});

import { describe, expect, it } from "vitest";
import { headlineOf } from "../../harness/analysis/effects.ts";
import { summarize } from "../../harness/analysis/summarize.ts";
import { plotsOf } from "../../harness/report/plots/all.ts";
import { KIND_MARKS, marksOf } from "../../harness/report/plots/axes.ts";
import { rfcTable } from "../../harness/report/rfc-table.ts";
import { lineOf, runListSection } from "../../harness/report/run-list.ts";
import { cpuSection } from "../../harness/report/sections/cost.ts";
import { syntheticRun, syntheticSamples } from "./synthetic-run.ts";

const arms = ["7.3:prezero", "7.3:base", "7.3:limit", "5.10:base", "5.10:prezero", "5.10:prezero+min_order=9"];
const run = syntheticRun({ arms, thp: ["on"], sweepBytes: [] });
// Everything takes three times as long on the older kernel, so that whose base a ratio is of can be seen.
const samples = syntheticSamples(run).map((sample) =>
  sample.arm.startsWith("5.10:") ? { ...sample, seconds: sample.seconds * 3 } : sample,
);
const summary = summarize(run, samples);
const medianOf = (arm: string) => summary.cells.find((cell) => cell.arm === arm)?.median as number;

describe("a run of several kernels", () => {
  it("holds each arm against the base of its own kernel", () => {
    expect(summary.effects.map(({ armName }) => armName)).toEqual([
      "7.3:prezero",
      "7.3:limit",
      "5.10:prezero",
      "5.10:prezero+min_order=9",
    ]);
    for (const { armName, base } of summary.effects) {
      expect(base, armName).toBe(medianOf(armName.startsWith("7.3:") ? "7.3:base" : "5.10:base"));
    }
    expect(medianOf("5.10:base")).toBeGreaterThan(2 * medianOf("7.3:base"));
  });

  it("is listed with all of them", () => {
    const [row] =
      runListSection([
        {
          id: "r",
          directory: "r",
          readable: true,
          record: run,
          line: lineOf(run, headlineOf(run, summary.effects) ?? null),
        },
      ]).table?.rows ?? [];
    expect(row?.[6]).toBe("7.3, 5.10");
  });

  it("tells the removable share where its own kernel has a limit, and nowhere else", () => {
    expect(summary.removable.map(({ armName }) => armName)).toEqual(["7.3:prezero"]);
  });

  it("relates the CPU time of each arm to the base of its own kernel", () => {
    const rows = cpuSection(summary).table?.rows ?? [];
    const toBase = Object.fromEntries(rows.map((row) => [row[0], row[4]]));
    expect([toBase["7.3:base"], toBase["5.10:base"]]).toEqual(["1.00", "1.00"]);
  });

  it("has both kernels in the table of a cover letter, and no arm that was set to something else", () => {
    const text = rfcTable(summary);
    expect(text).toContain("7.3.0-synthetic-base");
    expect(text).toContain("5.10.0-synthetic-prezero");
    expect(text.match(/^kernel .*THP is on$/gm)).toEqual([
      "kernel 7.3, QEMU uses 4K pages, THP is on",
      "kernel 5.10, QEMU uses 4K pages, THP is on",
    ]);
  });
});

describe("the mark of an arm in a plot", () => {
  const markOf = marksOf(arms);

  it("is that of its kind where it is the first of it", () => {
    expect(markOf("7.3:prezero")).toEqual(KIND_MARKS.prezero);
    expect(markOf("7.3:base")).toEqual(KIND_MARKS.base);
  });

  it("has the shape of its kind and a colour of its own where it is not", () => {
    const others = ["5.10:base", "5.10:prezero", "5.10:prezero+min_order=9"].map(markOf);
    expect(others.map(({ symbol }) => symbol)).toEqual(["circle", "diamond", "diamond"]);
    expect(others.map(({ color }) => color)).toEqual(["var(--other-1)", "var(--other-2)", "var(--other-3)"]);
  });

  it("is the same in every plot of a page, whether or not the arms before it are drawn there too", () => {
    const colors = (section: string) => new Set(JSON.stringify(plotsOf(summary).get(section)).match(/--other-\d/g));
    expect(colors("rounds-on")).toEqual(new Set(["--other-1", "--other-2", "--other-3"]));
    // Without 5.10:base, which ratios are relative to.
    expect(colors("result")).toEqual(new Set(["--other-2", "--other-3"]));
  });
});

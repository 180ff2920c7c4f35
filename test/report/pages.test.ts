import { describe, expect, it } from "vitest";
import { summarize } from "../../harness/analysis/summarize.ts";
import { renderHtml } from "../../harness/report/html.ts";
import { pagesSections } from "../../harness/report/sections/pages.ts";
import type { PoolPages, Sample } from "../../harness/run/sample.ts";
import { sampleSchema } from "../../harness/run/sample.ts";
import { syntheticRun, syntheticSamples, terminalText } from "./synthetic-run.ts";

const PAGES: PoolPages = { cleared: 1000, hit: 700, miss: 30, wasted: 50, lost: { isolated: 20, disabled: 0 } };

/** Three rounds in each of four boots of base and of the series; what became of pages is of the series alone. */
function summaryWith(pagesOf: (sample: Sample) => PoolPages | null) {
  const run = syntheticRun({ arms: ["base", "prezero"], thp: ["on"], sweepBytes: [], boots: 4, rounds: 3 });
  const samples = syntheticSamples(run).map((sample) => ({
    ...sample,
    poolPages: sample.arm === "base" ? null : pagesOf(sample),
  }));
  return summarize(run, samples);
}
const rows = (pagesOf: (sample: Sample) => PoolPages | null) => pagesSections(summaryWith(pagesOf))[0]?.table?.rows;

describe("what became of cleared pages", () => {
  it("is the mean of whole boots, and none of a kernel that clears nothing", () => {
    expect(rows(() => PAGES)).toEqual([["prezero", "3000", "2100", "90", "150", "60", "isolated 60"]]);
    const double = ({ boot }: Sample) => (boot % 2 === 0 ? PAGES : { ...PAGES, wasted: 150 });
    expect(summaryWith(double).totals[1]?.pages?.wasted).toBe(300);
  });

  it("names the causes of losses, the most first, whatever the kernel calls them", () => {
    const lost = ({ round }: Sample): PoolPages["lost"] =>
      round === 2 ? { by_chance: 9, isolated: 2 } : { isolated: 2 };
    expect(rows((sample) => ({ ...PAGES, lost: lost(sample) }))?.[0]?.slice(5)).toEqual([
      "15",
      "by_chance 9, isolated 6",
    ]);
  });

  it("says that nothing was lost where nothing was, and nothing where the kernel does not count it", () => {
    expect(rows(() => ({ ...PAGES, lost: { isolated: 0 } }))?.[0]?.slice(5)).toEqual(["0", "-"]);
    expect(rows(() => ({ ...PAGES, lost: null }))?.[0]?.slice(4)).toEqual(["150", "-", "-"]);
  });

  it("is left out where a round does not tell: the others would not stand for its boot", () => {
    expect(rows(({ boot, round }) => (boot === 2 && round === 1 ? null : PAGES))).toBeUndefined();
  });

  it("is shown in the terminal and on the page", () => {
    const summary = summaryWith(() => PAGES);
    expect(terminalText(summary)).toMatch(/prezero +3000 +2100 +90 +150 +60 +isolated 60/);
    expect(renderHtml(summary)).toContain("What became of cleared pages per boot");
  });

  it("is in no report of a run from before it was kept, whose samples are read as ever", () => {
    const run = syntheticRun();
    const samples = syntheticSamples(run).map(({ poolPages, ...early }) => sampleSchema.parse(early));
    expect(samples[0]?.poolPages).toBeNull();
    expect(terminalText(summarize(run, samples))).not.toContain("lost");
  });
});

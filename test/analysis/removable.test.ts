import { describe, expect, it } from "vitest";
import { summarize } from "../../harness/analysis/summarize.ts";
import { caveatTexts } from "../../harness/report/wording/caveats.ts";
import { QUIET } from "../../harness/run/conditions.ts";
import type { Settings } from "../../harness/run/record.ts";
import type { Sample } from "../../harness/run/sample.ts";
import { syntheticRun, syntheticSamples, terminalText } from "../report/synthetic-run.ts";

const withLimit: Partial<Settings> = { arms: ["base", "prezero", "hugetlb", "limit"], thp: ["on"], sweepBytes: [] };

function summaryOf(changes: Partial<Settings>, change: (sample: Sample) => Sample = (sample) => sample) {
  const run = syntheticRun(changes);
  return summarize(run, syntheticSamples(run).map(change));
}

/** Rows of the table about the arm, their blanks narrowed. */
const rowsOf = (text: string, arm: string) =>
  text
    .slice(text.indexOf("Share of the removable time"), text.indexOf("Each round"))
    .split("\n")
    .filter((line) => new RegExp(`^ +on +\\S+ +${arm} `).test(line))
    .map((line) => line.trim().replaceAll(/ +/g, " "));

describe("the share of the removable time", () => {
  it("is told of every arm but base and limit, and finds what the samples were made with", () => {
    const { removable } = summaryOf({ ...withLimit, boots: 8 });
    expect(removable.map((one) => one.armName)).toEqual(["prezero", "hugetlb"]);
    // base 0.8 + 2.8 a GiB, limit 0.8 + 0.02, prezero 0.85 + 0.04, hugetlb 0.8 + 2.7; 4 GiB.
    const truths = [(11.2 - 0.21) / (11.2 - 0.08), 0.4 / (11.2 - 0.08)];
    for (const [i, truth] of truths.entries()) {
      const share = removable[i]?.share;
      expect(share?.low).toBeLessThanOrEqual(truth);
      expect(share?.high).toBeGreaterThanOrEqual(truth);
    }
  });

  it("is in the table whether the target is reached or not", () => {
    const text = terminalText(summaryOf(withLimit));
    expect(rowsOf(text, "prezero")[0]).toMatch(/^on 4G prezero 9[89]\.\d+ 9[78]\.\d+ to 9[89]\.\d+ met /);
    expect(rowsOf(text, "hugetlb")[0]).toMatch(/ missed /);
    // An arm that has 95 % inside its interval.
    const near = summaryOf(withLimit, (sample) =>
      sample.arm === "prezero" ? { ...sample, seconds: 1.4 + 0.05 * (sample.boot % 4) } : sample,
    );
    expect(rowsOf(terminalText(near), "prezero")[0]).toMatch(/ open /);
  });

  it("is not printed where never clearing makes no clear difference", () => {
    const alike = summaryOf(withLimit, (sample) =>
      sample.arm === "limit" ? { ...sample, seconds: 10 + 2 * (sample.boot % 3) } : sample,
    );
    expect(rowsOf(terminalText(alike), "prezero")[0]).toMatch(/ - - no share /);
    const few = summaryOf({ ...withLimit, boots: 3 });
    expect(few.removable.map((one) => one.share)).toEqual([null, null]);
  });

  it("is no topic without the arm that never clears", () => {
    const text = terminalText(summaryOf({}));
    expect(text).not.toMatch(/removable|never clears/);
  });

  it("comes with the remark that limit is not usable, under the result and where the arms are described", () => {
    const text = terminalText(summaryOf(withLimit)).replaceAll(/\n +/g, " ");
    expect(text).toContain("limit: never clears, not usable.");
    expect(text).toMatch(/about limit +never clears, not usable/);
    expect(text).toMatch(/kernel, limit .*patched never to clear/);
    expect(text).toMatch(/command line, limit +never_clear=for-measurement-only/);
  });

  it("keeps to 100 columns", () => {
    for (const line of terminalText(summaryOf(withLimit)).split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });
});

describe("what an arm sets and what the scenario does", () => {
  it("is in the list of what ran", () => {
    const conditions = { ...QUIET, before: "fragment all", during: "exec busy", pool: "none" as const, vms: 3 };
    const arms: Settings["arms"] = ["base", "init-on-free", "prealloc", "hugetlb"];
    const text = terminalText(summaryOf({ arms, conditions })).replaceAll(/\n +/g, " ");
    expect(text).toMatch(/command line, init-on-free +init_on_free=1/);
    expect(text).toMatch(/VM's memory, prealloc +.*prealloc=on,prealloc-threads=2/);
    expect(text).toMatch(/about hugetlb +.*reserved .* outside the time/);
    expect(text).toMatch(/before each round +fragment all/);
    expect(text).toMatch(/load meanwhile +exec busy/);
    expect(text).toMatch(/pool +not waited for/);
    expect(text).toContain("Result: 3 VMs of 4G at a time, a device assigned to each, seconds until the last is ready");
  });

  it("comes with a warning where it needs several CPUs at a time and TCG has one thread for all", () => {
    const warning = /take turns on one thread/;
    const caveatsOf = (changes: Partial<Settings>) => caveatTexts(summaryOf(changes)).join(" ");
    expect(caveatsOf({ arms: ["base", "prealloc"] })).toMatch(warning);
    expect(caveatsOf({ conditions: { ...QUIET, vms: 2 } })).toMatch(warning);
    expect(caveatsOf({ conditions: { ...QUIET, during: "exec busy" } })).toMatch(warning);
    expect(caveatsOf({ arms: ["base", "hugetlb"] })).not.toMatch(warning);
    expect(caveatsOf({ arms: ["base", "prealloc"], accelerator: "kvm" })).not.toMatch(warning);
  });

  it("tells arms without the series from those with it, whatever else they set", () => {
    const text = terminalText(summaryOf({ arms: ["base", "prezero", "hugetlb"] }));
    expect(text).toMatch(/w\/o +hugetlb/);
    expect(text).toMatch(/w\/ +prezero/);
  });
});

import { describe, expect, it } from "vitest";
import { compareSummaries } from "../../harness/analysis/compare-runs.ts";
import { summarize } from "../../harness/analysis/summarize.ts";
import { renderHtml } from "../../harness/report/html.ts";
import { compareSections } from "../../harness/report/sections/compare.ts";
import { valuesSections } from "../../harness/report/sections/values.ts";
import { caveatTexts } from "../../harness/report/wording/caveats.ts";
import type { Program } from "../../harness/run/measure.ts";
import type { Sample } from "../../harness/run/sample.ts";
import { syntheticRun, syntheticSamples, terminalText } from "./synthetic-run.ts";

const measure: Program = {
  command: "stale {mib} {thp} {limit}",
  heading: "traces of {size}, {unit} until the last is gone",
  secondsPerGib: { tcg: 1, kvm: 1 },
  limitSeconds: 30,
};
const program = { scenario: "security", measure, arms: ["base" as const, "prezero" as const] };

/** Samples as a program gives them: no QEMU, and figures of their own. */
function programSamples(changes: (sample: Sample) => Partial<Sample> = () => ({})) {
  const run = syntheticRun(program);
  const samples = syntheticSamples(run).map((sample) => ({ ...sample, cpuSeconds: null, ...changes(sample) }));
  return { run, samples, summary: summarize(run, samples) };
}

describe("the report of a scenario with a program", () => {
  const { summary } = programSamples();
  const text = terminalText({ ...summary, sweeps: [] });

  it("says what its seconds are", () => {
    expect(text).toContain("Result: traces of 4G, seconds until the last is gone\n");
    expect(text).toContain("Each round, THP off, 4G, seconds\n");
  });

  it("says nothing of VMs, of their QEMU or of the device, which it did not use", () => {
    // What ran it all is a VM of QEMU, and may be called that.
    const outer = /itself a VM|QEMU 0\.0|QEMU(?:'|&#39;)s software CPU/g;
    const page = renderHtml(summary);
    const reports = [text, page.slice(page.indexOf("<body>"))];
    const words = reports.map((report) => report.replaceAll(/\s+/g, " ").replaceAll(outer, ""));
    for (const report of words) expect(report.match(/.{20}(?:\bVMs?\b|QEMU|device).{20}/g)).toBeNull();
  });

  it("names the program and what it was told", () => {
    expect(text).toMatch(/program +stale \{mib\} \{thp\} 30/);
  });

  it("leaves out the share of huge pages where the program had none to tell", () => {
    const { summary } = programSamples(() => ({ hugeShare: null }));
    expect(summary.cells[0]?.cost.hugeShare).toBeNull();
    expect(terminalText(summary)).not.toContain("NaN");
  });

  it("shows how its kernels were configured beside the usual", () => {
    const run = syntheticRun({ ...program, fragments: ["devmem.config"] });
    expect(terminalText(summarize(run, syntheticSamples(run)))).toMatch(/configuration +with devmem\.config/);
  });
});

describe("other figures", () => {
  const rows = (changes: (sample: Sample) => Partial<Sample>) =>
    valuesSections(programSamples(changes).summary)[0]?.table?.rows.filter(
      ([thp, size]) => thp === "on" && size === "4G",
    );

  it("are medians of per-boot medians, arm against base", () => {
    // Rounds 1, 2, 3 of a boot: one bad round does not move its median; boots differ by arm.
    const values = ({ arm, round }: Sample) => ({
      values: { unmapSeconds: (arm === "base" ? 4 : 2) * ([1, 1, 100][round - 1] ?? 1) },
    });
    expect(rows(values)).toEqual([["on", "4G", "prezero", "unmap, s", "4", "2", "2.00"]]);
  });

  it("are shown where only one arm has them, and a ratio with nothing is none", () => {
    const values = ({ arm }: Sample) => ({ values: arm === "base" ? { leftShare: 0.5 } : { goneSeconds: 3 } });
    expect(rows(values)).toEqual([
      ["on", "4G", "prezero", "left, share", "0.5", "-", "-"],
      ["on", "4G", "prezero", "gone, s", "-", "3", "-"],
    ]);
    expect(rows(({ arm }) => ({ values: { leftShare: arm === "base" ? 1 : 0 } }))).toEqual([
      ["on", "4G", "prezero", "left, share", "1", "0", "-"],
    ]);
  });

  it("are left out in an arm of which a round has none: the others would not stand for all", () => {
    const values = ({ arm, boot, round }: Sample) =>
      arm === "base" && boot === 1 && round === 2 ? { values: {} } : { values: { goneSeconds: 12.5 } };
    expect(rows(values)).toEqual([["on", "4G", "prezero", "gone, s", "-", "12.5", "-"]]);
  });

  it("are no part of a report that has none", () => {
    expect(valuesSections(programSamples().summary)).toEqual([]);
  });
});

describe("times that ended at a limit", () => {
  it("are called lower bounds, by arm", () => {
    const { summary } = programSamples(({ arm }) => ({ seconds: arm === "base" ? 30.02 : 2 }));
    expect(caveatTexts(summary).join("\n")).toContain(
      "LOWER BOUNDS: 40 of 40 rounds of base ended at the limit of 30 s",
    );
  });

  it("are not mentioned where there were none", () => {
    const { summary } = programSamples(() => ({ seconds: 2 }));
    expect(caveatTexts(summary).join("\n")).not.toContain("LOWER BOUNDS");
  });
});

describe("comparing runs of programs", () => {
  const { summary } = programSamples();

  it("says what the seconds are", () => {
    const [times] = compareSections(compareSummaries(summary, summary));
    expect(times?.heading).toContain("traces of each size, seconds until the last is gone");
  });

  it("refuses two that did not do the same, whatever the scenario is called", () => {
    const changed = { ...measure, limitSeconds: 60 };
    const run = syntheticRun({ ...program, measure: changed });
    const other = summarize(run, syntheticSamples(run));
    expect(() => compareSummaries(summary, other)).toThrow(
      expect.objectContaining({
        code: "UNLIKE_RUNS",
        detail: "limitSeconds: 30 and 60",
      }),
    );
  });
});

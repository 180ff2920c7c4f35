import { describe, expect, it } from "vitest";
import { summarize } from "../../harness/analysis/summarize.ts";
import { projectPath } from "../../harness/base/paths.ts";
import { rfcTable } from "../../harness/report/rfc-table.ts";
import { beforeRefills, syntheticRun, syntheticSamples } from "./synthetic-run.ts";

const run = syntheticRun();
const samples = syntheticSamples(run);
const text = rfcTable(summarize(run, samples));

describe("the table of a cover letter", () => {
  it("is as it was read and agreed on", async () => {
    await expect(text).toMatchFileSnapshot(projectPath("test/golden/report/rfc-table.txt"));
  });

  it("fits into 72 columns, whatever was measured", () => {
    const slow = samples.map((sample) => ({ ...sample, seconds: sample.seconds * 1000 }));
    for (const table of [text, rfcTable(summarize(run, slow))]) {
      expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(72);
      expect(table).not.toMatch(/ $/m);
    }
  });

  it("has every round of both kernels, THP off before THP on", () => {
    const rows = text.split("\n").filter((line) => /^w\/o? +|^w\/o? patches: +[\d.]+s/.test(line));
    const values = rows.map((row) => row.match(/[\d.]+s/g)?.length ?? 0);
    // Two settings, two kernels, 4 boots of 3 rounds.
    expect(values.reduce((sum, n) => sum + n, 0)).toBe(2 * 2 * 12);
    expect(text.indexOf("THP is off")).toBeLessThan(text.indexOf("THP is on"));
  });

  it("marks an emulation before any time, and says none with KVM", () => {
    expect(text.indexOf("EMULATED, NOT HARDWARE TIMES")).toBeLessThan(text.indexOf("round1"));
    expect(text).toContain("TCG: emulated");
    const real = syntheticRun({ accelerator: "kvm" });
    expect(rfcTable(summarize(real, syntheticSamples(real)))).not.toMatch(/emulated/i);
  });

  it("has the price beside the gain, also of runs that know it of whole boots only", () => {
    expect(text.match(/^price: .* times the CPU time, pool full again after [\d.]+s$/gm)).toHaveLength(2);
    const early = rfcTable(summarize(...beforeRefills(run, samples)));
    expect(early.match(/^price: .* times the CPU time/gm)).toHaveLength(2);
    expect(early.replaceAll("\n", " ")).toContain("for a whole boot");
  });

  it("gives no interval and no p with two boots", () => {
    const short = syntheticRun({ boots: 2 });
    expect(rfcTable(summarize(short, syntheticSamples(short)))).toContain("(too few boots for an interval)");
  });

  it("is refused when there is nothing to compare", () => {
    expect(() => rfcTable(summarize({ ...run, boots: [] }, []))).toThrow(
      expect.objectContaining({ code: "RFC_TABLE_EMPTY", exitCode: 2 }),
    );
  });
});

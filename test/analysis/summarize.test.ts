import { describe, expect, it } from "vitest";
import { cpuPrice } from "../../harness/analysis/cost.ts";
import type { Effect } from "../../harness/analysis/figures.ts";
import { summarize } from "../../harness/analysis/summarize.ts";
import type { Summary } from "../../harness/analysis/summary.ts";
import { sweepSections } from "../../harness/report/sections/sweep.ts";
import { caveatTexts } from "../../harness/report/wording/caveats.ts";
import type { RunRecord } from "../../harness/run/record.ts";
import type { Sample } from "../../harness/run/sample.ts";
import { beforeRefills, syntheticRun, syntheticSamples } from "../report/synthetic-run.ts";

/** Two arms, one setting: seconds of each round by boot, in plan order base, prezero, prezero, base, ... */
function measured(boots: number[][]): { run: RunRecord; samples: Sample[] } {
  const run = syntheticRun({
    arms: ["base", "prezero"],
    thp: ["on"],
    sweepBytes: [],
    boots: boots.length / 2,
    rounds: (boots[0] as number[]).length,
  });
  const samples = syntheticSamples(run).map((sample) => ({
    ...sample,
    seconds: (boots[sample.boot - 1] as number[])[sample.round - 1] as number,
  }));
  return { run, samples };
}

/** Base 36, 35, 38, 37 and prezero 18, 17, 19, 18.5 as medians of three rounds. */
const fourBoots = [
  [36, 99, 35], // base 36: one bad round does not move the median
  [18, 17.5, 18.5],
  [17, 17, 17],
  [35, 35, 35],
  [38, 37, 39],
  [19, 19, 20],
  [18.5, 1, 30],
  [37, 36.5, 37.5],
];

const effectOf = (summary: Summary): Effect => summary.effects[0] as Effect;

describe("effects", () => {
  it("compare medians of per-boot medians, with the exact test and the interval over boots", () => {
    const { run, samples } = measured(fourBoots);
    const effect = effectOf(summarize(run, samples));
    expect(effect).toMatchObject({ scenario: "vm-create", thp: "on", memoryBytes: 4 * 2 ** 30, armName: "prezero" });
    expect(effect.base).toBe(36.5);
    expect(effect.arm).toBe(18.25);
    expect(effect.ratio).toBe(2);
    expect(effect.boots).toBe(4);
    expect(effect.p).toBeCloseTo(2 / 70, 12);
    expect(effect.low).toBeCloseTo(35 / 19, 12);
    expect(effect.high).toBeCloseTo(38 / 17, 12);
    expect(effect.verdict).toBe("faster");
  });

  it("carry neither p nor interval nor verdict with three boots, however large they are", () => {
    const { run, samples } = measured(fourBoots.slice(0, 6));
    const summary = summarize(run, samples);
    expect(effectOf(summary)).toMatchObject({ p: null, low: null, high: null, verdict: "too few boots", boots: 3 });
    expect(summary.caveats).toContainEqual({ kind: "too-few-boots", effects: 1, compared: 1, smallestP: 0.1 });
  });

  it("find what the samples were made with", () => {
    const run = syntheticRun({ boots: 8 });
    const { effects } = summarize(run, syntheticSamples(run));
    const truth = { off: (0.9 + 4.4 * 4) / (0.9 + 2.1 * 4), on: (0.8 + 2.8 * 4) / (0.85 + 0.04 * 4) };
    for (const thp of ["off", "on"] as const) {
      const own = effects.filter((effect) => effect.thp === thp && effect.memoryBytes === run.settings.memoryBytes);
      const effect = own.find(({ armName }) => armName === "prezero") as Effect;
      expect(effect.low).toBeLessThan(truth[thp]);
      expect(effect.high).toBeGreaterThan(truth[thp]);
      expect(effect.verdict).toBe("faster");
      expect(own.find(({ armName }) => armName === "prezero-disabled")?.verdict).toBe("no difference shown");
    }
  });

  it("are not made up where base was not measured", () => {
    const run = syntheticRun({ arms: ["prezero"] });
    expect(summarize(run, syntheticSamples(run)).effects).toEqual([]);
  });
});

describe("samples that count", () => {
  it("are those of finished boots; the rest is left out and said", () => {
    const { run, samples } = measured(fourBoots);
    const cut = {
      ...run,
      state: "interrupted" as const,
      finishedAt: null,
      boots: run.boots.map((boot) => (boot.boot === 8 ? { ...boot, finishedAt: null } : boot)),
    };
    const summary = summarize(cut, samples, { tornLine: true });
    expect(summary.cells.map((cell) => [cell.arm, cell.boots.length])).toEqual([
      ["base", 3],
      ["prezero", 4],
    ]);
    expect(summary.caveats).toContainEqual({
      ...{ kind: "incomplete", finished: 7, planned: 8, state: "interrupted", failure: null },
    });
    expect(summary.caveats).toContainEqual({ kind: "left-out", samples: 3 });
    expect(summary.caveats).toContainEqual({ kind: "torn-line" });
  });

  it("may be none yet", () => {
    const run = { ...syntheticRun(), boots: [] };
    const summary = summarize(run, []);
    expect(summary.setting).toBeNull();
    expect(summary.effects).toEqual([]);
    expect(summary.caveats[0]).toMatchObject({ kind: "incomplete", finished: 0, planned: 12 });
  });

  it("are refused when the machine changed on the way, naming what changed", () => {
    const { run, samples } = measured(fourBoots);
    const changed = samples.map((sample) =>
      sample.boot === 5 ? { ...sample, fingerprint: { ...sample.fingerprint, machineCpu: "another" } } : sample,
    );
    expect(() => summarize(run, changed)).toThrow(
      expect.objectContaining({
        code: "UNLIKE_SAMPLES",
        detail: "machineCpu: Synthetic CPU (made-up numbers) and another",
      }),
    );
  });

  it("are refused when an arm's kernel changed on the way", () => {
    const { run, samples } = measured(fourBoots);
    const changed = samples.map((sample) =>
      sample.boot === 8
        ? { ...sample, fingerprint: { ...sample.fingerprint, kernelImageSha256: "9".repeat(64) } }
        : sample,
    );
    expect(() => summarize(run, changed)).toThrow(
      expect.objectContaining({ code: "UNLIKE_SAMPLES", detail: expect.stringContaining("kernelImageSha256") }),
    );
  });
});

describe("caveats", () => {
  it("begin with emulation, and have none of it with KVM", () => {
    const emulated = syntheticRun();
    expect(caveatTexts(summarize(emulated, syntheticSamples(emulated)))[0]).toMatch(/^EMULATED, NOT HARDWARE TIMES/);
    const real = syntheticRun({ accelerator: "kvm" });
    expect(summarize(real, syntheticSamples(real)).caveats).toEqual([]);
  });

  it("say of counted instructions that they are no times, and those are not compared with times", () => {
    const counted = syntheticRun({ clock: "instructions" });
    const samples = syntheticSamples(counted);
    const [first, ...more] = caveatTexts(summarize(counted, samples));
    expect(first).toMatch(/^COUNTED, NOT TIMED: .*alike on any machine.*Ratios depend on the emulated CPU model/);
    expect(more).toEqual([]);
    const mixed = samples.map((sample) =>
      sample.boot === 8 ? { ...sample, fingerprint: { ...sample.fingerprint, clock: "time" as const } } : sample,
    );
    expect(() => summarize(counted, mixed)).toThrow(
      expect.objectContaining({
        code: "UNLIKE_SAMPLES",
        detail: expect.stringContaining("clock: instructions and time"),
      }),
    );
  });

  it("name rounds that began with a pool that was not full", () => {
    const run = syntheticRun({ accelerator: "kvm" });
    const samples = syntheticSamples(run).map((sample) =>
      sample.arm === "prezero" && sample.boot === 2 && sample.poolBefore !== null
        ? { ...sample, poolBefore: { ...sample.poolBefore, zeroedPages: 1_000_000 } }
        : sample,
    );
    expect(caveatTexts(summarize(run, samples))).toEqual([
      "10 of 40 rounds began with less than 99 % of free memory zeroed.",
    ]);
  });

  it("tell a dirty checkout", () => {
    const run = { ...syntheticRun({ accelerator: "kvm" }), commit: "abc-dirty" };
    expect(caveatTexts(summarize(run, syntheticSamples(run)))).toEqual([expect.stringMatching(/uncommitted changes/)]);
  });
});

describe("costs", () => {
  it("add up pages over rounds, and know nothing of a kernel that counts nothing", () => {
    const run = syntheticRun();
    const { cells } = summarize(run, syntheticSamples(run));
    const at = (arm: string) => cells.find((cell) => cell.arm === arm && cell.thp === "on")?.cost;
    expect(at("prezero")?.hitRate).toBeCloseTo(0.9996, 4);
    expect(at("prezero")?.poolBefore?.min).toBeCloseTo(0.996, 4);
    expect(at("prezero")?.waitSeconds).toEqual({ median: 8, max: 8 });
    expect(at("prezero")?.workerCpuSeconds).toBeCloseTo(8.8, 9);
    expect(at("base")).toMatchObject({ hitRate: null, poolBefore: null, waitSeconds: null, workerCpuSeconds: null });
    expect(at("prezero-disabled")).toMatchObject({ hitRate: null, poolBefore: null, roundsBelowThreshold: 0 });
  });

  it("are totalled per boot over everything the boot did", () => {
    const run = syntheticRun({ arms: ["base", "prezero"] });
    const samples = syntheticSamples(run).map((sample) => ({
      ...sample,
      hostCpuSeconds: sample.arm === "base" ? 2 : 3,
    }));
    const { totals } = summarize(run, samples);
    // Five creations per THP setting: three of 4 GiB, one of 2 and one of 1; 2.2 s of worker and 2 s of waiting per GiB.
    // After the last creation: 2 s of waiting, 2 s of worker, 2.1 s of CPU in all.
    expect(totals).toMatchObject([
      { arm: "base", boots: 4, creations: 40, hostCpuSeconds: 20, workerCpuSeconds: null, waitSeconds: 0 },
      { arm: "prezero", boots: 4, creations: 40, waitSeconds: 62, firstFillSeconds: { median: 8, max: 8 } },
    ]);
    expect(totals.every((total) => total.toFullPool)).toBe(true);
    expect(totals[1]?.hostCpuSeconds).toBeCloseTo(32.1, 9);
    expect(totals[1]?.workerCpuSeconds).toBeCloseTo(68, 9);
  });

  it("of a VM run from a full pool to a full pool again: the refill that it made necessary, not the one before", () => {
    const run = syntheticRun({
      arms: ["base", "prezero"],
      thp: ["on"],
      sweepBytes: [1 * 2 ** 30],
      boots: 1,
      rounds: 1,
    });
    const samples = syntheticSamples(run).map((sample) => ({ ...sample, hostCpuSeconds: 20 }));
    const { cells } = summarize(run, samples);
    const cpuOf = (arm: string, gib: number) =>
      cells.find((cell) => cell.arm === arm && cell.memoryBytes === gib * 2 ** 30)?.cost;
    // 4 GiB: 20 of which 8.4 before, then the wait before 1 GiB, 2.1; 1 GiB: 20 of which 2.1 before, then the last, 2.1.
    expect(cpuOf("prezero", 4)?.cpu?.hostSeconds).toBeCloseTo(20 - 8.4 + 2.1, 9);
    expect(cpuOf("prezero", 4)?.cpu?.workerSeconds).toBeCloseTo(8.8 - 8 + 2, 9);
    expect(cpuOf("prezero", 4)?.refillSeconds).toEqual({ median: 2, max: 2 });
    expect(cpuOf("prezero", 1)?.cpu?.hostSeconds).toBeCloseTo(20, 9);
    // What the host does until the next round is in it for base as well: 0.1.
    expect(cpuOf("base", 4)?.cpu).toEqual({ workerSeconds: null, hostSeconds: 20 });
    expect(cpuOf("base", 1)?.cpu).toEqual({ workerSeconds: null, hostSeconds: 19.9 });
    const effect = summarize(run, samples).effects.find(({ memoryBytes }) => memoryBytes === 4 * 2 ** 30);
    expect(effect?.cpuRatio).toBeCloseTo((20 - 8.4 + 2.1) / 20, 9);
    expect(effect?.refillSeconds).toBe(2);
  });

  it("of a VM are not known where one refill is not, and the boots' totals then end with the last VM", () => {
    const run = syntheticRun({ arms: ["base", "prezero"] });
    const cut = {
      ...run,
      boots: run.boots.map((boot) => (boot.boot === 2 ? { ...boot, lastRefill: null } : boot)),
    };
    const { cells, effects, totals } = summarize(cut, syntheticSamples(run));
    // The last VM of a boot is the one of 1 GiB with THP on.
    const known = cells.filter((cell) => cell.arm === "prezero").map((cell) => cell.cost.cpu !== null);
    expect(known).toEqual([true, true, true, true, true, false]);
    expect(effects.filter((effect) => effect.cpuRatio === null)).toHaveLength(1);
    expect(totals.map((total) => total.toFullPool)).toEqual([true, false]);
    expect(totals[1]?.waitSeconds).toBe(60);
  });

  it("of a round are not known where an arm with a pool did not wait for it", () => {
    const run = syntheticRun({ arms: ["base", "prezero"], thp: ["on"], sweepBytes: [] });
    const boots = run.boots.map((boot) => ({ ...boot, lastRefill: null }));
    const hurried = syntheticSamples(run).map((sample) => ({ ...sample, refillSeconds: null, refill: [] }));
    const { cells, totals } = summarize({ ...run, boots }, hurried);
    expect(cells.map((cell) => [cell.arm, cell.cost.cpu === null])).toEqual([
      ["base", false],
      ["prezero", true],
    ]);
    expect(totals.map((total) => total.toFullPool)).toEqual([true, false]);
  });

  it("of a run from before refills were told apart are those of whole boots", () => {
    const run = syntheticRun({ arms: ["base", "prezero"], thp: ["on"], rounds: 1, sweepBytes: [] });
    const [early, samples] = beforeRefills(run, syntheticSamples(run));
    const summary = summarize(early, samples);
    expect(summary.effects[0]).toMatchObject({ cpuRatio: null, refillSeconds: null });
    const price = cpuPrice(summary, summary.effects);
    const [base, prezero] = summary.totals;
    expect(price?.ratioOf(effectOf(summary))).toBe((prezero?.hostCpuSeconds ?? 0) / (base?.hostCpuSeconds ?? 0));
    expect(price?.of).toBe("boot");
  });
});

describe("the pool's fills", () => {
  it("are told apart: the first one after a boot, and those after VMs of the headline's size", () => {
    const run = syntheticRun({ arms: ["base", "prezero"] });
    const { fills } = summarize(run, syntheticSamples(run));
    expect(fills.map(({ arm, after, curves }) => [arm, after, curves.length])).toEqual([
      ["prezero", "boot", 4],
      ["prezero", { thp: "off", memoryBytes: 4 * 2 ** 30 }, 12],
      ["prezero", { thp: "on", memoryBytes: 4 * 2 ** 30 }, 12],
    ]);
    expect(fills[0]?.seconds).toEqual({ median: 8, max: 8 });
  });

  it("are none where nothing was waited for", () => {
    const run = syntheticRun({ arms: ["base", "prezero-disabled"] });
    expect(summarize(run, syntheticSamples(run)).fills).toEqual([]);
  });

  it("have seconds without curves in runs from before curves were recorded", () => {
    const run = syntheticRun({ arms: ["base", "prezero"], thp: ["on"] });
    const { fills } = summarize(...beforeRefills(run, syntheticSamples(run)));
    expect(fills.map(({ seconds, curves }) => [seconds.max, curves])).toEqual([
      [8, []],
      [8, []],
    ]);
  });
});

describe("the sweep", () => {
  it("finds slope and fixed part, and carries the line on to the size that was not measured", () => {
    const run = syntheticRun({ boots: 8 });
    const { sweeps } = summarize(run, syntheticSamples(run));
    const sweep = sweeps.find(({ thp, arm }) => thp === "off" && arm === "prezero");
    expect(sweep?.sizes.map((size) => size.memoryBytes / 2 ** 30)).toEqual([1, 2, 4]);
    expect(sweep?.line?.method).toBe("line per boot");
    expect(sweep?.line?.secondsPerGib.low).toBeLessThan(2.1);
    expect(sweep?.line?.secondsPerGib.high).toBeGreaterThan(2.1);
    expect(sweep?.projection?.beyond).toBe(16);
    expect(sweep?.projection?.seconds?.low).toBeLessThan(0.9 + 2.1 * 64);
    expect(sweep?.projection?.seconds?.high).toBeGreaterThan(0.9 + 2.1 * 64);
  });

  it("projects no time from a line that does not clearly rise, and says so in its place", () => {
    const run = syntheticRun({ arms: ["prezero"], thp: ["on"], boots: 4 });
    const falling = syntheticSamples(run).map((sample) => ({
      ...sample,
      seconds: 1.2 - 0.05 * (sample.memoryBytes / 2 ** 30) + 0.01 * sample.boot,
    }));
    const summary = summarize(run, falling);
    expect(summary.sweeps[0]?.projection).toMatchObject({ memoryBytes: 64 * 2 ** 30, seconds: null });
    const projection = sweepSections(summary).find(({ id }) => id === "projection");
    expect(projection?.table?.rows).toEqual([["on", "prezero", "no growth shown"]]);
    expect(projection?.notes?.join(" ")).toContain("includes zero");
  });

  it("shows a bend that a straight line hides", () => {
    const run = syntheticRun({ arms: ["base"], thp: ["on"] });
    const bent = syntheticSamples(run).map((sample) => ({ ...sample, seconds: (sample.memoryBytes / 2 ** 30) ** 2 }));
    // Least squares through (1, 1), (2, 4), (4, 16) is 36/7 x - 5: 1/7 at 1, where 1 was measured.
    expect(summarize(run, bent).sweeps[0]?.line?.worstDeparture).toBeCloseTo(6, 9);
  });

  it("projects nothing that was measured, and nothing without a sweep", () => {
    const measuredAll = syntheticRun({ projectionBytes: null });
    expect(summarize(measuredAll, syntheticSamples(measuredAll)).sweeps.every((s) => s.projection === null)).toBe(true);
    const single = syntheticRun({ sweepBytes: [] });
    expect(summarize(single, syntheticSamples(single)).sweeps).toEqual([]);
  });
});

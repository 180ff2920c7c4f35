import { describe, expect, it, test } from "vitest";
import { compareSummaries } from "../../harness/analysis/compare-runs.ts";
import { summarize } from "../../harness/analysis/summarize.ts";
import type { Summary } from "../../harness/analysis/summary.ts";
import { comparisonTexts } from "../../harness/report/wording/caveats.ts";
import type { RunRecord } from "../../harness/run/record.ts";
import { type Fingerprint, fingerprintSchema } from "../../harness/run/sample.ts";
import { syntheticRun, syntheticSamples } from "../report/synthetic-run.ts";

const run = syntheticRun({ arms: ["base", "prezero"], thp: ["on"], sweepBytes: [] });
const samples = syntheticSamples(run);
const one = summarize(run, samples);

/** The same run with fingerprints of another machine, QEMU, kernel, ... */
function measuredWith(changes: Partial<Fingerprint>): Summary {
  const changed = samples.map((sample) => ({ ...sample, fingerprint: { ...sample.fingerprint, ...changes } }));
  return summarize(run, changed);
}

/** Another value that the field can have. */
function otherValue(field: keyof Fingerprint): string | number {
  const value = samples[0]?.fingerprint[field] as string | number;
  if (field === "accelerator") return "kvm";
  if (field === "kernelVariant") return "prezero";
  return typeof value === "number" ? value + 1 : `${value} and more`;
}

const KERNEL_FIELDS = ["kernelRelease", "kernelImageSha256", "kernelConfigSha256", "kernelVariant"];
const fields = Object.keys(fingerprintSchema.shape) as (keyof Fingerprint)[];

describe("two runs that differ", () => {
  test.each(fields.filter((field) => !KERNEL_FIELDS.includes(field)))("in %s are refused, the field named", (field) => {
    const value = otherValue(field);
    expect(() => compareSummaries(one, measuredWith({ [field]: value }))).toThrow(
      expect.objectContaining({
        code: "UNLIKE_RUNS",
        detail: `${field}: ${samples[0]?.fingerprint[field]} and ${value}`,
      }),
    );
  });

  test.each(KERNEL_FIELDS)("in %s are compared: that is what it is for", (field) => {
    const other = measuredWith({ [field]: otherValue(field as keyof Fingerprint) });
    expect(compareSummaries(one, other).effects).toHaveLength(2);
  });

  it("in several fields are refused with all of them", () => {
    const other = measuredWith({ cpuModel: "qemu64", hostCpus: 7 });
    const detail = "cpuModel: max and qemu64\nhostCpus: 2 and 7";
    expect(() => compareSummaries(one, other)).toThrow(expect.objectContaining({ detail }));
  });

  it("in the level that the pool had to reach are refused", () => {
    const other = { ...one, run: { ...run, poolThreshold: 0.5 } };
    expect(() => compareSummaries(one, other)).toThrow(
      expect.objectContaining({ detail: "poolThreshold: 0.99 and 0.5" }),
    );
  });
});

describe("two runs that counted instructions", () => {
  const counted = syntheticRun({ arms: ["base", "prezero"], thp: ["on"], sweepBytes: [], clock: "instructions" });
  const onMachine = (changes: Partial<Fingerprint>): Summary =>
    summarize(
      counted,
      syntheticSamples(counted).map((sample) => ({ ...sample, fingerprint: { ...sample.fingerprint, ...changes } })),
    );

  it("are compared whatever the machine: counts are alike on any", () => {
    const other = { machineCpu: "another", machineMicrocode: "0x9", machineCpus: 64, machineMemoryBytes: 2 ** 40 };
    expect(compareSummaries(onMachine({}), onMachine(other)).effects).toHaveLength(2);
  });

  it("are refused where the emulated host was another", () => {
    expect(() => compareSummaries(onMachine({}), onMachine({ hostMemoryBytes: 1 }))).toThrow(
      expect.objectContaining({ code: "UNLIKE_RUNS", detail: expect.stringMatching(/^hostMemoryBytes: \d+ and 1$/) }),
    );
  });
});

describe("two runs whose rounds were measured in another way", () => {
  test.each<[string, Partial<RunRecord["settings"]["conditions"]>, string]>([
    ["load", { during: "spin" }, "during: null and spin"],
    ["number of VMs", { vms: 2 }, "vms: 1 and 2"],
    ["wait for the pool", { pool: "none" }, "pool: wait and none"],
  ])("%s are refused, the condition named", (_, changes, detail) => {
    const settings = { ...run.settings, conditions: { ...run.settings.conditions, ...changes } };
    const other = { ...one, run: { ...run, settings } };
    expect(() => compareSummaries(one, other)).toThrow(expect.objectContaining({ code: "UNLIKE_RUNS", detail }));
  });

  it("with another guest are refused", () => {
    const other = { ...one, run: { ...run, guestKernel: run.kernels.base ?? null } };
    const detail = `guestKernel: null and ${run.kernels.base?.imageSha256}`;
    expect(() => compareSummaries(one, other)).toThrow(expect.objectContaining({ code: "UNLIKE_RUNS", detail }));
  });
});

describe("an arm that was something else in the other run", () => {
  const caveatsWith = (changes: Partial<RunRecord>): string => {
    const { b, caveats } = compareSummaries(one, { ...one, run: { ...run, ...changes } });
    return comparisonTexts(caveats, b).join("\n");
  };
  const { prezero } = run.kernels;
  const { prezero: arm } = run.arms;
  if (prezero === undefined || arm === undefined) throw new Error("the synthetic run has an arm prezero");

  it("is named with what differs beside the patches", () => {
    const kernels = { ...run.kernels, prezero: { ...prezero, configSha256: "9".repeat(64), compiler: "clang 19" } };
    expect(caveatsWith({ kernels })).toContain(
      "prezero differs in more than the patches: kernel configuration, compiler.",
    );
    const arms = { ...run.arms, prezero: { ...arm, setup: ["echo 9 > min_order"] } };
    expect(caveatsWith({ arms })).toContain("prezero differs in more than the patches: setup.");
  });

  it("is not made up where only the patches differ", () => {
    const kernels = { ...run.kernels, prezero: { ...prezero, patchesSha256: "9".repeat(64) } };
    expect(caveatsWith({ kernels })).not.toContain("differs in more than the patches");
  });
});

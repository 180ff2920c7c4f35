import { describe, expect, it } from "vitest";
import { headlineOf } from "../../harness/analysis/effects.ts";
import { summarize } from "../../harness/analysis/summarize.ts";
import type { Summary } from "../../harness/analysis/summary.ts";
import { headlineText } from "../../harness/report/wording/headline.ts";
import type { Settings } from "../../harness/run/record.ts";
import type { Sample } from "../../harness/run/sample.ts";
import { syntheticRun, syntheticSamples } from "./synthetic-run.ts";

function summary(settings: Partial<Settings>, change: (sample: Sample) => Sample = (sample) => sample): Summary {
  const run = syntheticRun({ arms: ["base", "prezero"], sweepBytes: [], ...settings });
  return summarize(run, syntheticSamples(run).map(change));
}

describe("a run in one sentence", () => {
  it("has size, setting, both times, the change and its price, and says that an emulation is one", () => {
    expect(headlineText(summary({}))).toMatch(
      /^4G VM, THP on: 1\d\.\d s to 1\.0\d s, 1\d\.\d times faster, \d+ % (more|less) CPU \(emulated, not hardware times\)\.$/,
    );
    expect(headlineText(summary({ accelerator: "kvm" }))).toMatch(/CPU\.$/);
  });

  it("is about instructions where those were counted, never about seconds", () => {
    expect(headlineText(summary({ clock: "instructions" }))).toMatch(
      /^4G VM, THP on: 1\d\.\d bn to 1\.0\d bn instructions, a factor of 1\d\.\d, \d+ % \w+ CPU \(counted, not timed\)\.$/,
    );
  });

  it("promises nothing that was not shown", () => {
    const same = (sample: Sample) => ({ ...sample, seconds: 10 + ((sample.boot * 3) % 4) });
    expect(headlineText(summary({}, same))).toContain(", no difference shown, ");
    const worse = (sample: Sample) => (sample.arm === "prezero" ? { ...sample, seconds: 20 } : sample);
    expect(headlineText(summary({}, worse))).toMatch(/, \d+ % slower, /);
    expect(headlineText(summary({ boots: 2 }))).toContain(", too few boots, ");
  });

  it("says of a program that gave up that it would have taken longer, and names no price of watching", () => {
    const measure = {
      ...{ command: "stale {mib} {limit}", heading: "traces of {size}, {unit} until the last is gone" },
      ...{ secondsPerGib: { tcg: 1, kvm: 1 }, limitSeconds: 30 },
    };
    const text = headlineText(
      summary({ measure }, (sample) => ({ ...sample, seconds: sample.arm === "base" ? 30.1 : 2 })),
    );
    expect(text).toBe(
      "Traces of 4G, THP on: over 30.1 s to 2.00 s, over 15.1 times faster (emulated, not hardware times).",
    );
  });

  it("is none where nothing was compared", () => {
    expect(headlineText(summary({ arms: ["base"] }))).toBeUndefined();
  });
});

describe("the effect that stands for a run", () => {
  it("is chosen by name, not by how it came out", () => {
    const arms = ["base", "hugetlb", "prezero-disabled", "prezero+min_order=9", "prezero"];
    const { run, effects } = summary({ arms, thp: ["off", "mthp-64k", "on"] });
    const without = (arm: string) => effects.filter(({ armName }) => armName !== arm);
    expect(headlineOf(run, effects)).toMatchObject({ armName: "prezero", thp: "on" });
    expect(headlineOf(run, without("prezero"))).toMatchObject({ armName: "prezero+min_order=9", thp: "on" });
    expect(
      headlineOf(
        run,
        effects.filter(({ thp }) => thp === "off"),
      ),
    ).toMatchObject({ armName: "prezero", thp: "off" });
  });
});

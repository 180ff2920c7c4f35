import { describe, expect, it } from "vitest";
import { summarize } from "../../../harness/analysis/summarize.ts";
import { methodSection } from "../../../harness/report/sections/what-ran.ts";
import { verdictText, wordsOf } from "../../../harness/report/wording/words.ts";
import { QUIET } from "../../../harness/run/conditions.ts";
import type { Settings } from "../../../harness/run/record.ts";
import { verdicts } from "../../../harness/stats/verdict.ts";
import { syntheticRun, syntheticSamples } from "../synthetic-run.ts";

const measure: Settings["measure"] = {
  command: "stale {mib} {thp} {limit}",
  heading: "traces of {size}, {unit} until the last is gone",
  secondsPerGib: { tcg: 1, kvm: 1 },
  limitSeconds: 30,
};
const words = (changes: Partial<Settings>) => wordsOf(syntheticRun(changes));
const booting = { conditions: { ...QUIET, until: "user-space" as const } };

describe("what was measured, in words", () => {
  it("is a VM's way to its monitor", () => {
    const { heading, subject, title, figure } = words({});
    expect(heading("4G")).toBe("a VM of 4G with an assigned device, seconds until it is ready");
    expect(subject).toBe("4G VM");
    expect(title).toBe("Creating a VM [4G RAM] with an assigned device");
    expect(figure).toMatch(/^A time runs .* until its monitor would answer/);
  });

  it("is its guest's way to user space where VMs run", () => {
    const { heading, title, figure } = words(booting);
    expect(heading("4G")).toBe("a VM of 4G with an assigned device, seconds until it is in its guest's user space");
    expect(title).toBe("Booting a VM [4G RAM] with an assigned device");
    expect(figure).toBe("A time runs from exec of the VM's QEMU until its guest is in user space.");
  });

  it("ends with the last of several VMs", () => {
    const { heading, subject } = words({ conditions: { ...QUIET, vms: 3 } });
    expect(heading("4G")).toBe("3 VMs of 4G at a time, a device assigned to each, seconds until the last is ready");
    expect(subject).toBe("3 VMs of 4G");
  });

  it("is what the scenario says of its program", () => {
    const { heading, subject, figure } = words({ measure });
    expect(heading("each size")).toBe("traces of each size, seconds until the last is gone");
    expect(subject).toBe("Traces of 4G");
    expect(figure).toContain("printed: stale {mib} {thp} 30.");
  });

  it("is instructions where those were counted, and never seconds", () => {
    for (const changes of [{}, booting, { measure }]) {
      const { unit, heading, title, subject, figure } = words({ ...changes, clock: "instructions" });
      expect(heading("4G")).toContain("billions of instructions until");
      expect([unit.plural, heading("4G"), title, subject, figure].join(" ")).not.toMatch(/second|\btime/i);
    }
  });
});

describe("a verdict", () => {
  it("is about time, or about instructions", () => {
    expect(verdictText("faster", words({}).unit)).toBe("faster");
    const { unit } = words({ clock: "instructions" });
    expect(verdicts.map((verdict) => verdictText(verdict, unit))).toEqual([
      ...["fewer instructions", "more instructions", "within noise", "no difference that matters"],
      ...["no difference shown", "too few boots"],
    ]);
  });
});

describe("the method of a report", () => {
  const textOf = (changes: Partial<Settings>) => {
    const run = syntheticRun(changes);
    return methodSection(summarize(run, syntheticSamples(run))).intro?.join("\n");
  };

  it("says of a booted VM that the time ends in user space, and of no other", () => {
    expect(textOf(booting)).toContain("until its guest is in user space");
    expect(textOf({})).not.toContain("user space");
  });
});

import { describe, expect, it } from "vitest";
import { summarize } from "../../harness/analysis/summarize.ts";
import { measuredText, wordsOf } from "../../harness/analysis/words.ts";
import { methodSection } from "../../harness/report/sections/method.ts";
import { QUIET } from "../../harness/run/conditions.ts";
import type { Settings } from "../../harness/run/record.ts";
import { syntheticRun, syntheticSamples } from "../report/synthetic-run.ts";

const measure: Settings["measure"] = {
  command: "stale {mib} {thp} {limit}",
  heading: "traces of {size}, {unit} until the last is gone",
  secondsPerGib: { tcg: 1, kvm: 1 },
  limitSeconds: 30,
};
const words = (changes: Partial<Settings>) => wordsOf(syntheticRun(changes));
const booting = { conditions: { ...QUIET, until: "user-space" as const } };

describe("what a time is called", () => {
  it("is a VM's way to its monitor", () => {
    const { heading, compared, title, time } = words({});
    expect(heading).toBe("a VM of 4G with an assigned device, seconds until it is ready");
    expect(compared).toBe("seconds until a VM is ready");
    expect(title).toBe("Creating a VM [4G RAM] with an assigned device");
    expect(time).toContain("until its monitor would answer");
  });

  it("is its guest's way to user space where VMs run", () => {
    const { heading, compared, title, time } = words(booting);
    expect(heading).toBe("a VM of 4G with an assigned device, seconds until it is in its guest's user space");
    expect(compared).toBe("seconds until a VM is in its guest's user space");
    expect(title).toBe("Booting a VM [4G RAM] with an assigned device");
    expect(time).toBe("A time runs from exec of the VM's QEMU until its guest is in user space.");
  });

  it("ends with the last of several VMs", () => {
    expect(words({ conditions: { ...QUIET, vms: 3 } }).heading).toBe(
      "3 VMs of 4G at a time, a device assigned to each, seconds until the last is ready",
    );
  });

  it("is what the scenario says of its program", () => {
    const { heading, compared, time } = words({ measure });
    expect(heading).toBe("traces of 4G, seconds until the last is gone");
    expect(compared).toBe("traces of each size, seconds until the last is gone");
    expect(time).toContain("printed: stale {mib} {thp} 30.");
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

describe("what a run measured, in words", () => {
  it("tells runs apart that must not be compared", () => {
    expect(measuredText(null)).toBe("creation of a VM");
    expect(measuredText(measure)).toBe("stale {mib} {thp} 30");
  });
});

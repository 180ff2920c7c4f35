import { describe, expect, test } from "vitest";
import { GIB_BYTES } from "../../harness/base/size.ts";
import { estimateSeconds } from "../../harness/bench/estimate.ts";
import { planBoots } from "../../harness/bench/plan.ts";
import { QUIET } from "../../harness/run/conditions.ts";
import { settings } from "./new-run.ts";

const order = (changes: Partial<typeof settings>) => planBoots({ ...settings, ...changes }).map((boot) => boot.arm);

describe("the plan of a run", () => {
  test("alternates the arms ABBA, so that a linear drift falls on both alike", () => {
    const arms = order({ boots: 4 });
    expect(arms).toEqual(["base", "prezero", "prezero", "base", "base", "prezero", "prezero", "base"]);
    const mean = (arm: string) => arms.reduce((sum, name, slot) => sum + (name === arm ? slot : 0), 0) / 4;
    expect(mean("base")).toBe(mean("prezero"));
  });

  test("mirrors three arms too", () => {
    expect(order({ arms: ["base", "prezero", "prezero-disabled"], boots: 2 })).toEqual([
      "base",
      "prezero",
      "prezero-disabled",
      "prezero-disabled",
      "prezero",
      "base",
    ]);
  });

  test("gives the A/A arm its turns like any other", () => {
    const arms = order({ arms: ["base", "base-again", "prezero"], boots: 2 });
    expect(arms).toEqual(["base", "base-again", "prezero", "prezero", "base-again", "base"]);
  });

  test("gives each boot the same steps: for each setting of huge pages the headline, then smaller sizes", () => {
    const plan = planBoots({ ...settings, sweepBytes: [GIB_BYTES / 2, GIB_BYTES], rounds: 3, sweepRounds: 1 });
    expect(plan[0]?.steps).toEqual([
      { thp: "off", memoryBytes: 2 * GIB_BYTES, rounds: 3 },
      { thp: "off", memoryBytes: GIB_BYTES, rounds: 1 },
      { thp: "off", memoryBytes: GIB_BYTES / 2, rounds: 1 },
      { thp: "on", memoryBytes: 2 * GIB_BYTES, rounds: 3 },
      { thp: "on", memoryBytes: GIB_BYTES, rounds: 1 },
      { thp: "on", memoryBytes: GIB_BYTES / 2, rounds: 1 },
    ]);
    for (const boot of plan) expect(boot.steps).toEqual(plan[0]?.steps);
  });

  test("numbers its slots from 1 without gaps", () => {
    expect(planBoots({ ...settings, boots: 3 }).map((boot) => boot.slot)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe("the estimate", () => {
  const work = (accelerator: "kvm" | "tcg") => ({ accelerator, conditions: QUIET, measure: null });

  test("grows with memory, rounds and boots", () => {
    const seconds = (changes: Partial<typeof settings>) =>
      estimateSeconds(planBoots({ ...settings, ...changes }), work("tcg"));
    expect(seconds({ memoryBytes: 4 * GIB_BYTES })).toBeGreaterThan(seconds({}));
    expect(seconds({ rounds: 3 })).toBeGreaterThan(seconds({}));
    expect(seconds({ boots: 4 })).toBeCloseTo(2 * seconds({ boots: 2 }));
  });

  test("knows that TCG is slower than KVM", () => {
    const plan = planBoots(settings);
    expect(estimateSeconds(plan, work("tcg"))).toBeGreaterThan(2 * estimateSeconds(plan, work("kvm")));
  });
});

import { describe, expect, test } from "vitest";
import { GIB_BYTES } from "../../harness/base/size.ts";
import { Eta, estimateBootSeconds, estimateRoundSeconds, estimateSeconds } from "../../harness/bench/estimate.ts";
import { planBoots } from "../../harness/bench/plan.ts";
import { QUIET } from "../../harness/run/conditions.ts";
import { settings } from "./new-run.ts";

const step = { thp: "on" as const, memoryBytes: 2 * GIB_BYTES };
const round = (arm: "base" | "prezero", conditions = QUIET, memoryBytes = step.memoryBytes) =>
  estimateRoundSeconds({ ...step, memoryBytes }, arm, { accelerator: "tcg", conditions, measure: null });

describe("what a round is likely to take", () => {
  test("is that of one VM with all their memory when there are several", () => {
    expect(round("base", { ...QUIET, vms: 3 })).toBeCloseTo(round("base", QUIET, 3 * step.memoryBytes), 9);
  });

  test("has each guest's boot in it where guests boot", () => {
    const one = round("base", { ...QUIET, until: "user-space" }) - round("base");
    expect(one).toBeGreaterThan(1);
    const three = round("base", { ...QUIET, until: "user-space", vms: 3 }) - round("base", { ...QUIET, vms: 3 });
    expect(three).toBeCloseTo(3 * one, 9);
  });

  test("is twice the time without a pool when the pool is used up first, in every arm", () => {
    expect(round("base", { ...QUIET, pool: "none" })).toBeCloseTo(2 * round("base"), 9);
    expect(round("prezero", { ...QUIET, pool: "none" })).toBeCloseTo(2 * round("base"), 9);
  });
});

const plan = planBoots({ ...settings, arms: ["base"], boots: 4 });
const [first = { slot: 1, arm: "base" as const, steps: [] }] = plan;
const work = { accelerator: "tcg" as const, conditions: QUIET, measure: null };
const bootMs = estimateBootSeconds(first, work) * 1000;
const estimateMs = estimateSeconds(plan, work) * 1000;

/** Takes one boot through all its rounds. */
function measure(eta: Eta): number[] {
  eta.hostUp();
  const rounds = first.steps.flatMap((step) => Array.from({ length: step.rounds }, () => step));
  return rounds.map((step) => {
    eta.roundTaken({ ...step, arm: "base" });
    return eta.at(1000).share;
  });
}

describe("the remaining time", () => {
  test("is the plan's estimate at first", () => {
    expect(new Eta(plan, [], work, 0).at(0)).toEqual({ share: 0, leftMs: estimateMs });
  });

  test("is the rest of the estimate on a machine that keeps to it", () => {
    const eta = new Eta(plan, [], work, 0);
    measure(eta);
    eta.bootFinished(first);
    expect(eta.at(bootMs).share).toBeCloseTo(1 / 4);
    expect(eta.at(bootMs).leftMs).toBeCloseTo(3 * bootMs);
  });

  test("follows the pace of the machine: at half the speed it comes close to twice the rest", () => {
    const eta = new Eta(plan, [], work, 0);
    measure(eta);
    eta.bootFinished(first);
    expect(eta.at(2 * bootMs).leftMs).toBeGreaterThan(1.6 * 3 * bootMs);
    expect(eta.at(2 * bootMs).leftMs).toBeLessThan(2 * 3 * bootMs);
  });

  test("moves with every round inside a boot, and a boot's rounds add up to the boot", () => {
    const shares = measure(new Eta(plan, [], work, 0));
    expect(shares).toHaveLength(6);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeCloseTo(1 / 4);
  });

  test("forgets what a boot that did not finish had done", () => {
    const eta = new Eta(plan, [], work, 0);
    measure(eta);
    eta.hostUp();
    expect(eta.at(0).share).toBeLessThan(1 / 8);
  });

  test("of a resumed run starts where it stopped and takes its pace from this session alone", () => {
    const { share, leftMs } = new Eta(plan, plan.slice(0, 3), work, 5_000_000).at(5_000_000);
    expect(share).toBeCloseTo(3 / 4);
    expect(leftMs).toBeCloseTo(estimateMs / 4);
  });
});

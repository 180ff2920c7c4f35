import { describe, expect, test } from "vitest";
import { GIB_BYTES } from "../../harness/base/size.ts";
import { estimateRoundSeconds } from "../../harness/bench/estimate.ts";
import { QUIET } from "../../harness/run/conditions.ts";

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

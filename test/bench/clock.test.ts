import { describe, expect, test } from "vitest";
import { describePlan } from "../../harness/bench/describe-plan.ts";
import { parseBenchOptions } from "../../harness/bench/options.ts";
import { planBoots } from "../../harness/bench/plan.ts";
import type { Accelerator } from "../../harness/run/sample.ts";
import { resolve } from "./resolve.ts";

const settingsFor = (options: { clock?: string }, accelerator: Accelerator) =>
  resolve("vm-create", options, { accelerator });

describe("the clock of the host under test", () => {
  test("counts time unless it is told otherwise", async () => {
    expect((await settingsFor({}, "tcg")).clock).toBe("time");
  });

  test("counts instructions of emulated CPUs, and the plan says so", async () => {
    const settings = await settingsFor({ clock: "instructions" }, "tcg");
    expect(settings.clock).toBe("instructions");
    expect(describePlan(settings, planBoots(settings)).join("\n")).toContain("tcg that counts instructions, CPU max");
  });

  test("cannot count those of a CPU of the machine", async () => {
    await expect(settingsFor({ clock: "instructions" }, "kvm")).rejects.toMatchObject({
      code: "CLOCK_NEEDS_TCG",
      exitCode: 2,
      remedy: expect.stringContaining("--accel tcg"),
    });
  });

  test("counts nothing else", () => {
    expect(() => parseBenchOptions({ clock: "cycles" })).toThrow(/allowed: time, instructions/);
  });
});

import { describe, expect, test } from "vitest";
import { parseBenchOptions } from "../../harness/bench/options.ts";
import { describePlan, planBoots } from "../../harness/bench/plan.ts";
import { resolve } from "./resolve.ts";

describe("the clock of the host under test", () => {
  test("counts time unless it is told otherwise", async () => {
    expect((await resolve("vm-create")).clock).toBe("time");
  });

  test("counts instructions of emulated CPUs, and the plan says so", async () => {
    const settings = await resolve("vm-create", { clock: "instructions" });
    expect(settings.clock).toBe("instructions");
    expect(describePlan(settings, planBoots(settings)).join("\n")).toContain("tcg that counts instructions, CPU max");
  });

  test("counts nothing else", () => {
    expect(() => parseBenchOptions("--clock", "cycles")).toThrow(/allowed: time, instructions/);
  });
});

import { describe, expect, test } from "vitest";
import { GIB_BYTES, MIB_BYTES } from "../../harness/base/size.ts";
import { estimateRoundSeconds, estimateSeconds } from "../../harness/bench/estimate.ts";
import { describePlan, planBoots } from "../../harness/bench/plan.ts";
import { scenarioNames } from "../../harness/bench/scenario.ts";
import { QUIET } from "../../harness/run/conditions.ts";
import { commandOf, type Program, programSchema, programSeconds, quantityOf } from "../../harness/run/measure.ts";
import { settingsSchema } from "../../harness/run/record.ts";
import { settings } from "../bench/new-run.ts";
import { resolve } from "../bench/resolve.ts";

const program: Program = {
  command: "populate map {mib} {thp}",
  heading: "{size} populated, {unit}",
  secondsPerGib: { tcg: 6, kvm: 0.5 },
};
const limited: Program = { ...program, command: "stale {mib} {thp} {limit}", limitSeconds: 30 };

describe("a program that is measured", () => {
  test("is told size, huge pages and limit", () => {
    const step = { thp: "mthp-64k" as const, memoryBytes: 300 * MIB_BYTES };
    expect(commandOf(program, step)).toBe("populate map 300 mthp-64k");
    expect(commandOf(limited, step)).toBe("stale 300 mthp-64k 30");
  });

  test.each([
    [{ command: "populate {size}" }, "{size} in command is not known; allowed: {mib}, {thp}, {limit}"],
    [{ command: "stale {mib} {limit}" }, "go together"],
    [{ limitSeconds: 30 }, "go together"],
    [{ secondsPerGib: { tcg: 6 } }, "secondsPerGib.kvm"],
    [{ secondsPerGib: { tcg: 6, kvm: 0 } }, "secondsPerGib.kvm"],
    [{ heading: undefined }, "heading"],
    [{ heading: "{size} populated, seconds" }, "heading: allowed: words with {unit}"],
  ])("is refused with %j", (change, named) => {
    const parsed = programSchema.safeParse({ ...program, ...change });
    const issues = parsed.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    expect(issues?.join("\n")).toContain(named);
  });
});

describe("the estimate for a program", () => {
  const step = { thp: "off" as const, memoryBytes: 2 * GIB_BYTES };

  test("is what its scenario says for the size, and the limit that it may come to", () => {
    expect(programSeconds(program, 2 * GIB_BYTES, "tcg")).toBe(12);
    expect(programSeconds(program, 2 * GIB_BYTES, "kvm")).toBe(1);
    expect(programSeconds(limited, 2 * GIB_BYTES, "kvm")).toBe(31);
  });

  test("has nothing of a VM in it: no QEMU to start, no memory to be given back", () => {
    expect(estimateRoundSeconds(step, "base", { ...settings, measure: program })).toBe(12);
  });

  test("waits for the pool where the arm has one", () => {
    const seconds = (arm: "base" | "prezero") => estimateRoundSeconds(step, arm, { ...settings, measure: program });
    expect(seconds("prezero")).toBeGreaterThan(seconds("base"));
  });

  test("is that of a creation where there is no program", () => {
    const plan = planBoots(settings);
    expect(estimateSeconds(plan, { ...settings, measure: program })).not.toBe(estimateSeconds(plan, settings));
  });
});

describe("the settings of a scenario with a program", () => {
  test("take the scenario's size and sweep, and project nothing", async () => {
    const { measure, memoryBytes, sweepBytes, projectionBytes } = await resolve("app-launch");
    expect(measure?.command).toBe("launch {mib} {thp}");
    expect([memoryBytes, ...sweepBytes].map((bytes) => bytes / MIB_BYTES)).toEqual([300, 100, 200]);
    expect(projectionBytes).toBeNull();
  });

  test("take the caller's instead, when asked to", async () => {
    const asked = await resolve("app-launch", { memory: "512M", sweep: "none" });
    expect(asked).toMatchObject({ memoryBytes: 512 * MIB_BYTES, sweepBytes: [] });
    const swept = await resolve("populate-map", { sweep: "512M,256M" });
    expect(swept).toMatchObject({ sweepBytes: [256 * MIB_BYTES, 512 * MIB_BYTES], projectionBytes: null });
  });

  test("take of the scenario's sweep what is below the size that was asked for, and may be smaller than any VM", async () => {
    const asked = await resolve("app-launch", { memory: "150M" });
    expect(asked).toMatchObject({ memoryBytes: 150 * MIB_BYTES, sweepBytes: [100 * MIB_BYTES] });
  });

  test("give the host room for the size", async () => {
    const { memoryBytes, hostMemoryBytes } = await resolve("populate-mlock", { memory: "2G" });
    expect(hostMemoryBytes).toBeGreaterThan(memoryBytes + GIB_BYTES);
  });

  test("refuse a size that does not fit, and do not call it a VM", async () => {
    const refused = resolve("populate-map", { memory: "64G" });
    await expect(refused).rejects.toThrow(/^A size of 64G does not fit/);
  });

  test.each([
    [{ arms: "base,hugetlb" }, "the arm hugetlb"],
    [{ arms: "base,limit" }, "the arm limit"],
    [{ device: "0000:00:10.0" }, "--device"],
    [{ traces: true }, "--traces"],
  ] as [Record<string, string | true>, string][])("refuse %j, which is about VMs", async (options, named) => {
    const refused = await resolve("fork", options).catch((error) => error);
    expect(refused).toMatchObject({ code: "NO_VM", exitCode: 2 });
    expect(refused.message).toContain(`so it cannot use ${named}`);
    expect(refused.remedy).toContain("Allowed arms: base, base-again, prezero, prezero-disabled");
  });

  test("name the fragments that its kernels need, which other scenarios do without", async () => {
    expect((await resolve("security")).fragments).toEqual(["devmem.config"]);
    expect((await resolve("populate-map")).fragments).toEqual([]);
  });

  test("come back from run.json as they were", async () => {
    const resolved = await resolve("security");
    expect(settingsSchema.parse(JSON.parse(JSON.stringify(resolved)))).toEqual(resolved);
  });

  test("are told without a device, which only a VM gets", async () => {
    const resolved = await resolve("populate-map");
    expect(describePlan(resolved, planBoots(resolved)).join("\n")).not.toContain("device");
    expect(describePlan(settings, planBoots(settings)).join("\n")).toContain("device emulated");
  });
});

describe("the measured quantity", () => {
  const counted = { ...settings, clock: "instructions" as const };

  test("is of VMs until they are there, its unit in the heading", () => {
    expect(quantityOf(settings).heading("8G")).toBe("a VM of 8G with an assigned device, seconds until it is ready");
    const conditions = { ...QUIET, until: "user-space" as const, vms: 3 };
    expect(quantityOf({ ...settings, conditions }).heading("1G")).toBe(
      "3 VMs of 1G at a time, a device assigned to each, seconds until the last is in its guest's user space",
    );
  });

  test("is what the program measures", () => {
    expect(quantityOf({ ...settings, measure: program }).heading("300M")).toBe("300M populated, seconds");
  });

  test("is counted in instructions where the clock does, and no heading speaks of seconds then", async () => {
    expect(quantityOf(settings).unit).toMatchObject({ name: "seconds", symbol: "s" });
    expect(quantityOf(counted).unit).toMatchObject({ name: "instructions", plural: "billions of instructions" });
    for (const scenario of scenarioNames()) {
      const resolved = await resolve(scenario, { clock: "instructions" });
      expect(quantityOf(resolved).heading("1G"), scenario).toMatch(/billions of instructions/);
      expect(quantityOf(resolved).heading("1G"), scenario).not.toMatch(/second/);
    }
  });
});

import { describe, expect, test } from "vitest";
import { GIB_BYTES } from "../../harness/base/size.ts";
import { armOf } from "../../harness/bench/arms.ts";
import { measureRound } from "../../harness/bench/round.ts";
import type { ArmName } from "../../harness/run/arm-name.ts";
import type { Conditions } from "../../harness/run/conditions.ts";
import type { Measure } from "../../harness/run/measure.ts";
import { sampleSchema } from "../../harness/run/sample.ts";
import { settings } from "./new-run.ts";
import { type Behaviour, measured, Simulation } from "./simulation.ts";

/** Boots a host of the arm, sets it up and measures two rounds under the conditions. */
async function twoRounds(
  name: ArmName,
  simulation: Simulation,
  conditions: Partial<Conditions>,
  measure: Measure = null,
) {
  const arm = armOf(name);
  const host = await simulation.startHost({ arm, settings, consoleLog: "/nowhere" });
  for (const command of arm.setup) await host.exec(command);
  const step = { thp: "on" as const, memoryBytes: 2 * GIB_BYTES, rounds: 1 };
  const { clock } = simulation;
  const all = { ...settings, measure, conditions: { ...settings.conditions, ...conditions } };
  const common = { host, arm, settings: all, poolLevel: 0.99, clock, boot: 1, step, onPhase: () => {} };
  const first = await measureRound({ ...common, round: 1, previous: null });
  const second = await measureRound({ ...common, round: 2, previous: first.counters });
  return [first.sample, second.sample] as const;
}

const oneRound = (name: ArmName, behaviour: Partial<Behaviour> = {}, conditions: Partial<Conditions> = {}) =>
  twoRounds(name, new Simulation(behaviour), conditions);

describe("a round", () => {
  test("waits for the zero pool, again before the next one, and is served from it", async () => {
    const [first, second] = await oneRound("prezero");
    expect(first.refillSeconds).toBeCloseTo(4, 0);
    expect(first.hitPages).toBe((2 * GIB_BYTES) / 4096);
    expect(first.missPages).toBe(0);
    expect(first.seconds).toBe(0.5);
    const pool = first.poolBefore ?? { freePages: 1, zeroedPages: 0 };
    expect(pool.zeroedPages / pool.freePages).toBeGreaterThanOrEqual(0.99);
    expect(second.refillSeconds).toBeCloseTo(2, 0);
    expect(second.seconds).toBe(0.5);
  });

  test("goes on with a pool that gets no fuller, and records its level", async () => {
    const [first] = await oneRound("prezero", { poolCeiling: 0.25 });
    // Of growth; the 25 that were waited for more are not counted.
    expect(first.refillSeconds).toBeCloseTo(1, 0);
    expect(first.poolBefore).toEqual({ freePages: 2 ** 20, zeroedPages: 2 ** 18 });
    expect(first.hitPages).toBe(2 ** 18);
    expect(first.missPages).toBe(2 ** 18);
    expect(first.seconds).toBe(1.5);
  });

  test("waits for nothing on a plain kernel, which has none of the counters", async () => {
    const [first, second] = await oneRound("base");
    for (const sample of [first, second]) {
      expect(sample).toMatchObject({ poolBefore: null, refillSeconds: null, hitPages: null, workerCpuSeconds: null });
      expect(sample.seconds).toBe(2.5);
    }
  });

  test("waits for nothing with the series never enabled, but counts", async () => {
    const [first] = await oneRound("prezero-disabled");
    expect(first).toMatchObject({ refillSeconds: null, hitPages: 0, missPages: 2 ** 19, seconds: 2.5 });
  });

  test("tells what became of pages since the round before, what its end took included", async () => {
    const [first, second] = await oneRound("prezero", { poolCeiling: 0.25 });
    const hit = 2 ** 18 + 1000;
    const pages = { hit, miss: 2 ** 18, wasted: 0, lost: { isolated: 2 ** 16, disabled: 0 } };
    expect(first.poolPages).toMatchObject(pages);
    expect(second.poolPages).toMatchObject(pages);
    const [plain] = await oneRound("base");
    expect(plain.poolPages).toBeNull();
  });

  test("counts CPU seconds from the boot in the first round and from the round before in the next", async () => {
    const [first, second] = await oneRound("prezero");
    expect(first).toMatchObject({ hostCpuSeconds: 1.5, workerCpuSeconds: 2 });
    expect(second).toMatchObject({ hostCpuSeconds: 0, workerCpuSeconds: 0 });
  });

  test("tells the CPU seconds before the creation apart, and knows of no worker on a plain kernel", async () => {
    const [first, second] = await oneRound("prezero");
    // The simulated host has used all of its CPU time before its first creation.
    expect([first.cpuBefore, second.cpuBefore]).toEqual([
      { workerSeconds: 2, hostSeconds: 1.5 },
      { workerSeconds: 0, hostSeconds: 0 },
    ]);
    const [plain] = await oneRound("base");
    expect(plain.cpuBefore).toEqual({ workerSeconds: null, hostSeconds: 1.5 });
  });

  test("keeps the curve of its wait, from an empty pool to a full one", async () => {
    const [first] = await oneRound("prezero");
    expect(first.refill[0]).toEqual([0, 0]);
    expect(first.refill.at(-1)?.[0]).toBe(first.refillSeconds);
    expect(first.refill.at(-1)?.[1]).toBeGreaterThanOrEqual(0.99);
    const [plain] = await oneRound("base");
    expect(plain.refill).toEqual([]);
  });

  test("gives samples that the schema of samples.jsonl takes back", async () => {
    for (const sample of await oneRound("prezero")) {
      expect(sampleSchema.parse(JSON.parse(JSON.stringify(sample)))).toEqual(sample);
    }
  });

  test("with huge pages that were reserved says how long that took, outside the time", async () => {
    const [first] = await oneRound("hugetlb");
    expect(first).toMatchObject({ seconds: 2.5, values: { hugetlbReserveSeconds: 0.25 } });
    expect((await oneRound("base"))[0].values).toEqual({});
  });
});

/** What the host was asked for after it was set up, counters left out, with the load's own commands shortened. */
const afterSetup = (simulation: Simulation, arm: ArmName) =>
  simulation.events.slice(1 + armOf(arm).setup.length).map((event) => {
    if (event.startsWith("setsid")) return "load starts";
    return event.startsWith("grep -q") ? "load lives" : event.startsWith("kill -KILL -77;") ? "load ends" : event;
  });

describe("a round under conditions", () => {
  test("has its state made first, every time, and waits for the pool after that", async () => {
    const simulation = new Simulation();
    const [first, second] = await twoRounds("prezero", simulation, { before: "fragment all" });
    expect(afterSetup(simulation, "prezero")).toEqual(["fragment all", "vm 2G", "fragment all", "vm 2G"]);
    expect(first.refillSeconds).toBeGreaterThan(0);
    expect(second.refillSeconds).toBeGreaterThan(0);
  });

  test("is not measured when its state cannot be made", async () => {
    const answers = { "fragment all": { stdout: "", stderr: "no memory", exitCode: 1 } };
    await expect(oneRound("base", { answers }, { before: "fragment all" })).rejects.toMatchObject({
      code: "CONDITION_FAILED",
      detail: "no memory",
      exitCode: 3,
    });
  });

  test("without a pool comes at once after a VM of the same size, in every arm", async () => {
    const simulation = new Simulation();
    const [first] = await twoRounds("prezero", simulation, { pool: "none" });
    expect(afterSetup(simulation, "prezero")).toEqual(["vm 2G", "vm 2G", "vm 2G", "vm 2G"]);
    expect(first).toMatchObject({ refillSeconds: null, hitPages: 0, seconds: 2.5 });
    const plain = new Simulation();
    await twoRounds("base", plain, { pool: "none" });
    expect(afterSetup(plain, "base")).toEqual(["vm 2G", "vm 2G", "vm 2G", "vm 2G"]);
  });

  test("has its load from before the creation until the VM is ready, and not while it waits for the pool", async () => {
    const simulation = new Simulation({ loadPid: 77 });
    const [first] = await twoRounds("prezero", simulation, { during: "exec busy" });
    const round = ["load starts", "vm 2G", "load lives", "load ends"];
    expect(afterSetup(simulation, "prezero")).toEqual([...round, ...round]);
    expect(first.refillSeconds).toBeGreaterThan(0);
  });

  test("creates several VMs at a time", async () => {
    const simulation = new Simulation();
    const [first] = await twoRounds("base", simulation, { vms: 3 });
    expect(afterSetup(simulation, "base")[0]).toBe("3 times vm 2G");
    expect(first).toMatchObject({ memoryBytes: 2 * GIB_BYTES, seconds: 6.5 });
  });
});

describe("a round of a program", () => {
  const program: Measure = {
    command: "populate map {mib} {thp}",
    heading: "{size} populated, {unit}",
    secondsPerGib: { tcg: 6, kvm: 0.5 },
  };
  const programRound = (name: ArmName, behaviour: Partial<Behaviour>, conditions: Partial<Conditions> = {}) =>
    twoRounds(name, new Simulation(behaviour), conditions, program);

  test("waits for the pool, runs the program and keeps what it printed", async () => {
    const asked: [string, number][] = [];
    const answer = measured({ seconds: 1.5, values: { unmapSeconds: 0.25 }, hugeShare: 0.75 });
    const behaviour = {
      program: (...call: [string, number]) => {
        asked.push(call);
        return answer;
      },
    };
    const [first] = await programRound("prezero", behaviour);
    expect(first).toMatchObject({ seconds: 1.5, values: { unmapSeconds: 0.25 }, hugeShare: 0.75, cpuSeconds: null });
    expect(first.refillSeconds).toBeCloseTo(4, 0);
    // A minute, and ten times what 2 GiB are likely to take.
    expect(asked[0]).toEqual(["populate map 2048 on", 60_000 + 10 * 12_000]);
    expect(sampleSchema.parse(JSON.parse(JSON.stringify(first)))).toEqual(first);
  });

  test("creates no VM", async () => {
    const onCreate = () => {
      throw new Error("a VM was created");
    };
    const [first] = await programRound("base", { onCreate });
    expect(first).toMatchObject({ refillSeconds: null, hitPages: null });
  });

  test("gives no sample when the program gives no measurement", async () => {
    const garbage = { stdout: "Killed\n", stderr: "", exitCode: 0 };
    await expect(programRound("base", { program: () => garbage })).rejects.toMatchObject({
      code: "PROGRAM_ANSWER",
      detail: "Killed",
    });
    const failed = { stdout: "", stderr: "populate: mlock: Cannot allocate memory\n", exitCode: 1 };
    await expect(programRound("base", { program: () => failed })).rejects.toMatchObject({
      code: "PROGRAM_FAILED",
      detail: "populate: mlock: Cannot allocate memory",
    });
  });
});

import { describe, expect, test } from "vitest";
import { GIB_BYTES } from "../../harness/base/size.ts";
import { arms } from "../../harness/bench/arms.ts";
import { measureRound } from "../../harness/bench/round.ts";
import type { ArmName } from "../../harness/bench/sample.ts";
import { sampleSchema } from "../../harness/bench/sample.ts";
import { settings } from "./new-run.ts";
import { type Behaviour, Simulation } from "./simulation.ts";

/** Boots a host of the arm, sets it up and measures one round. */
async function oneRound(name: ArmName, behaviour: Partial<Behaviour> = {}) {
  const simulation = new Simulation(behaviour);
  const arm = arms[name];
  const host = await simulation.startHost({ arm, settings, consoleLog: "/nowhere" });
  for (const command of arm.setup) await host.exec(command);
  const step = { thp: "on" as const, memoryBytes: 2 * GIB_BYTES, rounds: 1 };
  const { clock } = simulation;
  const common = { host, arm, scenario: "vm-create", poolLevel: 0.99, clock, boot: 1, step, onPhase: () => {} };
  const first = await measureRound({ ...common, round: 1, previous: null });
  const second = await measureRound({ ...common, round: 2, previous: first.counters });
  return [first.sample, second.sample] as const;
}

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
    // One second of growth, then four without any.
    expect(first.refillSeconds).toBeCloseTo(5, 0);
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

  test("counts CPU seconds from the boot in the first round and from the round before in the next", async () => {
    const [first, second] = await oneRound("prezero");
    expect(first).toMatchObject({ hostCpuSeconds: 1.5, workerCpuSeconds: 2 });
    expect(second).toMatchObject({ hostCpuSeconds: 0, workerCpuSeconds: 0 });
  });

  test("gives samples that the schema of samples.jsonl takes back", async () => {
    for (const sample of await oneRound("prezero")) {
      expect(sampleSchema.parse(JSON.parse(JSON.stringify(sample)))).toEqual(sample);
    }
  });
});

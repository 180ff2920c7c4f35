import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InfrastructureError, InterruptedError } from "../../harness/base/errors.ts";
import { remainingSlots } from "../../harness/bench/plan.ts";
import { executeRun } from "../../harness/bench/run.ts";
import { countedSamples } from "../../harness/run/counted-samples.ts";
import type { RunRecord } from "../../harness/run/record.ts";
import { readRun, readSamples, saveRun } from "../../harness/run/store.ts";
import { $ } from "../fakes/shell.ts";
import { newRun } from "./new-run.ts";
import { type Behaviour, Simulation } from "./simulation.ts";

let runDir: string;
beforeEach(() => {
  runDir = mkdtempSync(join(tmpdir(), "prezero-run-"));
});
afterEach(() => rmSync(runDir, { recursive: true }));

const SAMPLES_PER_BOOT = 6;

function execute(run: RunRecord, behaviour: Partial<Behaviour> = {}, lines: string[] = []) {
  const simulation = new Simulation(behaviour);
  const progress = { update: () => {}, log: (line: string) => void lines.push(line) };
  const { startHost, clock } = simulation;
  return { simulation, done: executeRun($, runDir, run, { startHost, clock, progress }) };
}

/** Fails the host under test at the n-th creation of a VM. */
const failAt = (creation: number, error: Error): Partial<Behaviour> => ({
  onCreate: (_request, count) => {
    if (count === creation) throw error;
  },
});
const panic = new InfrastructureError({
  code: "KERNEL_PANIC",
  message: "The kernel panicked",
  remedy: "Read the oops.",
});

describe("a run", () => {
  test("boots in the plan's order, measures every step and takes every host down", async () => {
    const { simulation, done } = execute(newRun());
    const run = await done;
    const boots = simulation.events.filter((event) => event.startsWith("boot"));
    expect(boots).toEqual(["boot base", "boot prezero", "boot prezero", "boot base"]);
    expect(simulation.events.filter((event) => event === "down")).toHaveLength(4);
    expect(simulation.events.slice(0, 11)).toEqual([
      "boot base",
      ...["thp off", "vm 2G", "vm 2G", "thp off", "vm 1G"],
      ...["thp on", "vm 2G", "vm 2G", "thp on", "vm 1G"],
    ]);
    expect(run.state).toBe("finished");
    expect(readRun(runDir)).toEqual(run);
    expect(countedSamples(run, readSamples(runDir))).toHaveLength(4 * SAMPLES_PER_BOOT);
  });

  test("waits for the pool once more after a boot's last VM, and records what that cost", async () => {
    const run = await execute(newRun()).done;
    expect(run.boots.map(({ arm, lastRefill }) => [arm, lastRefill === null])).toEqual([
      ["base", true],
      ["prezero", false],
      ["prezero", false],
      ["base", true],
    ]);
    const last = run.boots[1]?.lastRefill;
    // 1 GiB was taken, and a GiB is cleared in a second.
    expect(last?.seconds).toBeCloseTo(1, 0);
    expect(last?.refill.at(-1)?.[0]).toBe(last?.seconds);
    expect(last?.pool.zeroedPages).toBeGreaterThanOrEqual(0.99 * (last?.pool.freePages ?? 0));
    expect(last?.cpu).toEqual({ workerSeconds: 0, hostSeconds: 0 });
    expect(readRun(runDir)).toEqual(run);
  });

  test("has each sample on the disk before the next VM is created", async () => {
    const seen: number[] = [];
    const { done } = execute(newRun({ boots: 1, arms: ["base"] }), {
      onCreate: () => void seen.push(readSamples(runDir).length),
    });
    await done;
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("tells a person about each sample", async () => {
    const lines: string[] = [];
    await execute(newRun({ boots: 1, arms: ["prezero"], thp: ["on"] }), {}, lines).done;
    expect(lines[0]).toBe(
      "  boot 1/1 prezero, THP on, 2G, round 1: 0.50 s, huge 100.0 %, pool 99.9 % after 4 s, 100.0 % served zero",
    );
  });

  test("tells instructions where they are what is counted", async () => {
    const lines: string[] = [];
    const counted = newRun({ boots: 1, arms: ["base"], thp: ["on"], clock: "instructions" });
    await execute(counted, {}, lines).done;
    expect(lines[0]).toMatch(/round 1: \d\.\d\d bn, huge/);
  });

  test("stops when the disk is full, says how to go on, and does", async () => {
    const samples = join(runDir, "samples.jsonl");
    const kept = join(runDir, "kept.jsonl");
    const { done } = execute(newRun(), {
      onCreate: (_request, count) => {
        if (count !== 9) return;
        renameSync(samples, kept);
        // Answers every write with the kernel's own ENOSPC.
        symlinkSync("/dev/full", samples);
      },
    });
    await expect(done).rejects.toMatchObject({
      code: "DISK_FULL",
      exitCode: 3,
      remedy: expect.stringContaining(`--resume ${basename(runDir)}`),
    });
    renameSync(kept, samples);
    const run = await execute(readRun(runDir)).done;
    expect(run.state).toBe("finished");
    expect(countedSamples(run, readSamples(runDir))).toHaveLength(4 * SAMPLES_PER_BOOT);
  });

  test("stops at a panic, keeps what it has and says why", async () => {
    await expect(execute(newRun(), failAt(9, panic)).done).rejects.toBe(panic);
    const run = readRun(runDir);
    expect(run).toMatchObject({ state: "failed", failure: { code: "KERNEL_PANIC", message: "The kernel panicked" } });
    expect(readSamples(runDir)).toHaveLength(8);
    expect(countedSamples(run, readSamples(runDir))).toHaveLength(SAMPLES_PER_BOOT);
  });

  test("takes the host down when it is interrupted, and can go on", async () => {
    const { simulation, done } = execute(newRun(), failAt(3, new InterruptedError("creating a VM")));
    await expect(done).rejects.toMatchObject({ exitCode: 130, remedy: expect.stringContaining("--resume 2026-01-01") });
    expect(simulation.events.at(-1)).toBe("down");
    expect(readRun(runDir).state).toBe("interrupted");
  });

  test("refuses to mix kernels: a host that is not the run's kernel is an error", async () => {
    const { done } = execute(newRun(), { fingerprint: { kernelImageSha256: "f".repeat(64) } });
    await expect(done).rejects.toMatchObject({ code: "RUN_CHANGED", detail: expect.stringContaining("kernel image") });
    expect(readSamples(runDir)).toEqual([]);
  });

  test("names the command when the kernel refuses what an arm sets", async () => {
    const enable = "echo 1 > /sys/kernel/mm/page_prezero/enabled";
    const refusal = { stdout: "", stderr: "sh: write error: Operation not permitted", exitCode: 1 };
    const { done } = execute(newRun({ arms: ["prezero"] }), { answers: { [enable]: refusal } });
    await expect(done).rejects.toMatchObject({
      code: "ARM_SETUP_FAILED",
      message: expect.stringContaining(enable),
      detail: refusal.stderr,
    });
  });
});

describe("a resumed run", () => {
  test("repeats the boot that was interrupted as a new boot and leaves its first samples out", async () => {
    await expect(execute(newRun(), failAt(9, panic)).done).rejects.toThrow();
    const left = remainingSlots(readRun(runDir)).map((planned) => planned.slot);
    expect(left).toEqual([2, 3, 4]);

    const { simulation, done } = execute(readRun(runDir));
    const run = await done;
    expect(simulation.events.filter((event) => event.startsWith("boot"))).toHaveLength(3);
    expect(run).toMatchObject({ state: "finished", failure: null });
    expect(run.boots.map(({ boot, slot, finishedAt }) => [boot, slot, finishedAt !== null])).toEqual([
      [1, 1, true],
      [2, 2, false],
      [3, 2, true],
      [4, 3, true],
      [5, 4, true],
    ]);
    const samples = readSamples(runDir);
    expect(samples).toHaveLength(4 * SAMPLES_PER_BOOT + 2);
    const counted = countedSamples(run, samples);
    expect(counted).toHaveLength(4 * SAMPLES_PER_BOOT);
    expect(counted.some((sample) => sample.boot === 2)).toBe(false);
  });

  test("survives a harness that was killed: a torn last line never was a sample", async () => {
    await expect(execute(newRun(), failAt(9, panic)).done).rejects.toThrow();
    // What SIGKILL leaves behind: the record still says running, the last line is half written.
    saveRun(runDir, { ...readRun(runDir), state: "running", failure: null });
    appendFileSync(join(runDir, "samples.jsonl"), '{"schemaVersion":1,"takenAt":"2026-01-');
    expect(readSamples(runDir)).toHaveLength(8);

    const run = await execute(readRun(runDir)).done;
    expect(run.state).toBe("finished");
    expect(countedSamples(run, readSamples(runDir))).toHaveLength(4 * SAMPLES_PER_BOOT);
    const lines = readFileSync(join(runDir, "samples.jsonl"), "utf8").trimEnd().split("\n");
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
  });

  test("refuses to go on in another setting than it was started in", async () => {
    await expect(execute(newRun(), failAt(9, panic)).done).rejects.toThrow();
    const { done } = execute(readRun(runDir), { fingerprint: { cpuModel: "max,-erms" } });
    await expect(done).rejects.toMatchObject({ code: "RUN_CHANGED", detail: "cpuModel was max, now max,-erms" });
  });

  test("has nothing left to do when it is finished", async () => {
    const run = await execute(newRun()).done;
    const again = execute(run);
    await again.done;
    expect(again.simulation.events).toEqual([]);
  });
});

import { GIB_BYTES } from "../../harness/base/size.ts";
import { armRecord } from "../../harness/bench/arms.ts";
import { planBoots } from "../../harness/bench/plan.ts";
import { QUIET } from "../../harness/run/conditions.ts";
import type { RunRecord, Settings } from "../../harness/run/record.ts";
import { IMAGE_SHA256 } from "./simulation.ts";

export const settings: Settings = {
  scenario: "vm-create",
  measure: null,
  kernel: "6.12",
  fragments: [],
  arms: ["base", "prezero"],
  thp: ["off", "on"],
  memoryBytes: 2 * GIB_BYTES,
  sweepBytes: [1 * GIB_BYTES],
  projectionBytes: 64 * GIB_BYTES,
  boots: 2,
  rounds: 2,
  sweepRounds: 1,
  host: "nested",
  device: "emulated",
  accelerator: "tcg",
  clock: "time",
  cpuModel: "max",
  hostCpus: 2,
  hostMemoryBytes: 4 * GIB_BYTES,
  conditions: QUIET,
  traces: false,
  matters: 0.02,
};

/** A run of the simulation that has not started. */
export function newRun(changes: Partial<Settings> = {}): RunRecord {
  const all = { ...settings, ...changes };
  const kernel = (variant: "base" | "prezero") => ({
    variant,
    release: "6.12.0",
    imageSha256: IMAGE_SHA256[variant],
    configSha256: "c".repeat(64),
    source: { package: "linux-source-6.12", version: "6.12.0-1" },
    compiler: "gcc 12.2.0",
    patchesSha256: variant === "base" ? null : "d".repeat(64),
  });
  return {
    schemaVersion: 2,
    id: "2026-01-01T00-00-00-test",
    arguments: [],
    commit: null,
    createdAt: "2026-01-01T00:00:00.000Z",
    finishedAt: null,
    state: "running",
    failure: null,
    settings: all,
    kernels: {
      base: kernel("base"),
      "base-again": kernel("base"),
      prezero: kernel("prezero"),
      "prezero-disabled": kernel("prezero"),
    },
    guestKernel: null,
    arms: Object.fromEntries(all.arms.map((name) => [name, armRecord(name, all)])),
    machine: { cpu: "Simulated CPU", cpus: 2, memoryBytes: 8 * GIB_BYTES, virtualisation: null },
    tools: { qemu: "7.2.0", node: "24.0.0" },
    poolThreshold: 0.99,
    plan: planBoots(all),
    boots: [],
  };
}

import { GIB_BYTES } from "../../harness/base/size.ts";
import { arms } from "../../harness/bench/arms.ts";
import type { HostRequest, StartHost } from "../../harness/bench/boot.ts";
import type { Clock } from "../../harness/bench/clock.ts";
import { planBoots } from "../../harness/bench/plan.ts";
import type { RunRecord, Settings } from "../../harness/bench/run-record.ts";
import type { Fingerprint, Thp } from "../../harness/bench/sample.ts";
import type { Host, HostAnswer } from "../../harness/host/host.ts";

const PAGE_BYTES = 4096;
const FREE_PAGES = (4 * GIB_BYTES) / PAGE_BYTES;
export const IMAGE_SHA256 = { base: "b".repeat(64), prezero: "a".repeat(64) };

/** A clock that only moves when somebody sleeps on it or works. */
export class SimulatedClock implements Clock {
  ms = Date.parse("2026-01-01T00:00:00Z");
  nowMs = () => this.ms;
  sleep = async (ms: number) => {
    this.ms += ms;
  };
}

/** How a simulated kernel behaves. */
export type Behaviour = {
  /** Free memory the worker clears in a second, GiB. */
  refillGibPerSecond: number;
  /** Share of free memory at which the pool grows no more. */
  poolCeiling: number;
  /** Answers to commands, by the command's text; everything else succeeds silently. */
  answers: Record<string, HostAnswer>;
  /** Called at the start of each VM creation; throws to make the host fail there. */
  onCreate: (request: HostRequest, creation: number) => void;
  fingerprint: Partial<Fingerprint>;
};

export const healthy: Behaviour = {
  refillGibPerSecond: 1,
  poolCeiling: 0.999,
  answers: {},
  onCreate: () => {},
  fingerprint: {},
};

/** Hosts whose kernel clears one GiB a second when a VM needs it and takes nothing from a full pool. */
export class Simulation {
  readonly clock = new SimulatedClock();
  /** Everything that was asked of the hosts, in order. */
  readonly events: string[] = [];
  readonly behaviour: Behaviour;
  #creations = 0;

  constructor(behaviour: Partial<Behaviour> = {}) {
    this.behaviour = { ...healthy, ...behaviour };
  }

  readonly startHost: StartHost = async (request) => {
    this.events.push(`boot ${request.arm.name}`);
    this.clock.ms += 10_000;
    const { clock, behaviour, events } = this;
    const patched = request.arm.variant === "prezero";
    let enabledSinceMs: number | undefined;
    let zeroedAtStart = 0;
    let hits = 0;
    let misses = 0;
    const zeroed = () => {
      if (enabledSinceMs === undefined) return 0;
      const cleared = (((clock.ms - enabledSinceMs) / 1000) * behaviour.refillGibPerSecond * GIB_BYTES) / PAGE_BYTES;
      return Math.floor(Math.min(FREE_PAGES * behaviour.poolCeiling, zeroedAtStart + cleared));
    };
    const counters = () =>
      [
        "uptime 91.50 90.00",
        "cpu0 100 0 50 9000 0 0 0 0 0 0",
        `nr_free_pages ${FREE_PAGES}`,
        ...(patched
          ? [`nr_prezeroed ${zeroed()}`, `prezero_hit ${hits}`, `prezero_miss ${misses}`, "prezero_cpu_usecs 2000000"]
          : []),
        "",
      ].join("\n");
    const host: Host = {
      largestVmBytes: 3 * GIB_BYTES,
      fingerprint: { ...fingerprintOf(request), ...behaviour.fingerprint },
      exec: async (command) => {
        const answer = behaviour.answers[command];
        if (answer) return answer;
        if (command.includes("/proc/vmstat")) return { stdout: counters(), stderr: "", exitCode: 0 };
        events.push(command);
        if (command.startsWith("echo 1 >")) enabledSinceMs = clock.ms;
        return { stdout: "", stderr: "", exitCode: 0 };
      },
      setThp: async (thp: Thp) => void events.push(`thp ${thp}`),
      createVm: async (memoryBytes, whenReady) => {
        behaviour.onCreate(request, ++this.#creations);
        const wanted = memoryBytes / PAGE_BYTES;
        const hit = Math.min(wanted, zeroed());
        hits += hit;
        misses += wanted - hit;
        const seconds = 0.5 + ((wanted - hit) * PAGE_BYTES) / GIB_BYTES;
        if (enabledSinceMs !== undefined) {
          zeroedAtStart = zeroed() - hit;
          enabledSinceMs = clock.ms + seconds * 1000;
        }
        clock.ms += seconds * 1000;
        events.push(`vm ${memoryBytes / GIB_BYTES}G`);
        await whenReady?.();
        // What runs while the VM ends wants zeroes too, and is not part of its creation.
        hits += 1000;
        return { seconds, cpuSeconds: seconds, hugeShare: 1 };
      },
      [Symbol.asyncDispose]: async () => void events.push("down"),
    };
    return host;
  };
}

function fingerprintOf(request: HostRequest): Fingerprint {
  return {
    machineCpu: "Simulated CPU",
    machineMicrocode: "0x1",
    machineCpus: 2,
    machineMemoryBytes: 8 * GIB_BYTES,
    accelerator: request.settings.accelerator,
    cpuModel: request.settings.cpuModel,
    hostCpus: request.settings.hostCpus,
    hostMemoryBytes: request.settings.hostMemoryBytes,
    qemuVersion: "7.2.0",
    device: "e1000e (emulated)",
    kernelRelease: "6.12.0",
    kernelImageSha256: IMAGE_SHA256[request.arm.variant],
    kernelConfigSha256: "c".repeat(64),
    kernelVariant: request.arm.variant,
  };
}

export const settings: Settings = {
  scenario: "vm-create",
  kernel: "6.12",
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
  cpuModel: "max",
  hostCpus: 2,
  hostMemoryBytes: 4 * GIB_BYTES,
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
    schemaVersion: 1,
    id: "2026-01-01T00-00-00-test",
    arguments: [],
    commit: null,
    createdAt: "2026-01-01T00:00:00.000Z",
    finishedAt: null,
    state: "running",
    failure: null,
    settings: all,
    kernels: { base: kernel("base"), prezero: kernel("prezero"), "prezero-disabled": kernel("prezero") },
    setup: { prezero: [...arms.prezero.setup] },
    machine: { cpu: "Simulated CPU", cpus: 2, memoryBytes: 8 * GIB_BYTES, virtualisation: null },
    tools: { qemu: "7.2.0", node: "24.0.0" },
    poolThreshold: 0.99,
    plan: planBoots(all),
    boots: [],
  };
}

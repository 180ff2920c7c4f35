import type { ExecAnswer } from "../../harness/base/exec.ts";
import { GIB_BYTES } from "../../harness/base/size.ts";
import type { HostRequest, StartHost } from "../../harness/bench/boot.ts";
import type { Clock } from "../../harness/bench/clock.ts";
import type { BootedHost } from "../../harness/host/host.ts";
import { measuredProgram } from "../../harness/host/measured-program.ts";
import type { Fingerprint, Thp } from "../../harness/run/sample.ts";
import type { Timeline } from "../../harness/vm/phases.ts";

const PAGE_BYTES = 4096;
const FREE_PAGES = (4 * GIB_BYTES) / PAGE_BYTES;
export const IMAGE_SHA256 = { base: "b".repeat(64), prezero: "a".repeat(64), limit: "e".repeat(64) };

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
  answers: Record<string, ExecAnswer>;
  /** Called at the start of each VM creation; throws to make the host fail there. */
  onCreate: (request: HostRequest, creation: number) => void;
  fingerprint: Partial<Fingerprint>;
  /** Process that a load has. */
  loadPid: number;
  /** What a program prints and ends with. */
  program: (command: string, timeoutMs: number) => ExecAnswer;
};

/** What a measuring program answers. */
export const measured = (answer: object): ExecAnswer => ({
  stdout: `${JSON.stringify(answer)}\n`,
  stderr: "",
  exitCode: 0,
});

export const healthy: Behaviour = {
  refillGibPerSecond: 1,
  poolCeiling: 0.999,
  answers: {},
  onCreate: () => {},
  fingerprint: {},
  loadPid: 1000,
  program: () => measured({ seconds: 1.5, values: { unmapSeconds: 0.25 }, hugeShare: 0.75 }),
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
          ? [
              `nr_prezeroed ${zeroed()}`,
              `prezero_cleared ${zeroed() + hits}`,
              `prezero_hit ${hits}`,
              `prezero_miss ${misses}`,
              "prezero_wasted 0",
              `prezero_lost_isolated ${Math.floor(misses / 4)}`,
              "prezero_lost_disabled 0",
              "worker 2000000000 61 (page_prezero/0) S 2 0 0 0 -1 2129984 0 0 0 0 0 199 0 0 39 19 1 0 41 0 0",
            ]
          : []),
        "",
      ].join("\n");
    const host: BootedHost = {
      largestVmBytes: 3 * GIB_BYTES,
      fingerprint: { ...fingerprintOf(request), ...behaviour.fingerprint },
      exec: async (command) => {
        const answer = behaviour.answers[command];
        if (answer) return answer;
        if (command.includes("/proc/vmstat")) return { stdout: counters(), stderr: "", exitCode: 0 };
        events.push(command);
        if (command.startsWith("setsid")) return { stdout: `${behaviour.loadPid}\n`, stderr: "", exitCode: 0 };
        if (command.startsWith("echo 1 >")) enabledSinceMs = clock.ms;
        return { stdout: "", stderr: "", exitCode: 0 };
      },
      setThp: async (thp: Thp) => void events.push(`thp ${thp}`),
      createVms: async ({ memoryBytes, memory, count }, whenReady) => {
        behaviour.onCreate(request, ++this.#creations);
        const wanted = (count * memoryBytes) / PAGE_BYTES;
        const hit = Math.min(wanted, zeroed());
        hits += hit;
        misses += wanted - hit;
        const seconds = 0.5 + ((wanted - hit) * PAGE_BYTES) / GIB_BYTES;
        if (enabledSinceMs !== undefined) {
          zeroedAtStart = zeroed() - hit;
          enabledSinceMs = clock.ms + seconds * 1000;
        }
        clock.ms += seconds * 1000;
        events.push(`${count === 1 ? "" : `${count} times `}vm ${memoryBytes / GIB_BYTES}G`);
        await whenReady?.();
        // What runs while the VM ends wants zeroes too, and is not part of its creation.
        hits += 1000;
        const timeline: Timeline = { spans: [{ phase: "map", from: 0, to: seconds }], events: [] };
        const reserveSeconds = memory === "hugetlb" ? 0.25 : null;
        return { seconds, cpuSeconds: seconds, hugeShare: 1, timeline, reserveSeconds };
      },
      runProgram: async (command, timeoutMs) => {
        events.push(command);
        return measuredProgram(async () => behaviour.program(command, timeoutMs), command, timeoutMs);
      },
      stream: () => Promise.reject(new Error("bench streams nothing")),
      shell: () => Promise.reject(new Error("bench opens no shell")),
      complaints: async () => [],
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
    clock: request.settings.clock,
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

import type { Summary } from "../../harness/analysis/summary.ts";
import { armOf, armRecord } from "../../harness/bench/arms.ts";
import { planBoots } from "../../harness/bench/plan.ts";
import { reportOf } from "../../harness/report/sections/all.ts";
import { renderTerminal } from "../../harness/report/terminal.ts";
import { type ArmKind, type ArmName, armParts } from "../../harness/run/arm-name.ts";
import { QUIET } from "../../harness/run/conditions.ts";
import type { KernelRecord, LastRefill, RunRecord, Settings, Step } from "../../harness/run/record.ts";
import type { Fingerprint, KernelVariant, RefillCurve, Sample, Thp } from "../../harness/run/sample.ts";
import { normal, Random } from "../../harness/stats/random.ts";

/**
 * A run that never happened: made-up numbers from a fixed seed, for tests only. Every name in it says so. Nothing under
 * results/ may come from here.
 */
const GIB = 2 ** 30;

const settings: Settings = {
  scenario: "vm-create",
  measure: null,
  kernel: "6.12",
  fragments: [],
  arms: ["base", "prezero", "prezero-disabled"],
  thp: ["off", "on"],
  memoryBytes: 4 * GIB,
  sweepBytes: [1 * GIB, 2 * GIB],
  projectionBytes: 64 * GIB,
  boots: 4,
  rounds: 3,
  sweepRounds: 1,
  host: "nested",
  device: "emulated",
  accelerator: "tcg",
  clock: "time",
  cpuModel: "max",
  hostCpus: 2,
  hostMemoryBytes: 12 * GIB,
  conditions: QUIET,
  traces: false,
  matters: 0.02,
};

/** True time of a creation: a fixed part and a part per GiB, seconds. */
const TRUTH: Record<ArmKind, Record<Thp, { fixed: number; perGib: number }>> = {
  base: { off: { fixed: 0.9, perGib: 4.4 }, on: { fixed: 0.8, perGib: 2.8 }, "mthp-64k": { fixed: 0.8, perGib: 3 } },
  "base-again": {
    off: { fixed: 0.9, perGib: 4.4 },
    on: { fixed: 0.8, perGib: 2.8 },
    "mthp-64k": { fixed: 0.8, perGib: 3 },
  },
  prezero: {
    off: { fixed: 0.9, perGib: 2.1 },
    on: { fixed: 0.85, perGib: 0.04 },
    "mthp-64k": { fixed: 0.85, perGib: 0.2 },
  },
  "prezero-disabled": {
    off: { fixed: 0.9, perGib: 4.41 },
    on: { fixed: 0.8, perGib: 2.81 },
    "mthp-64k": { fixed: 0.8, perGib: 3.01 },
  },
  "init-on-free": everywhere(0.85, 0.1),
  prealloc: everywhere(0.9, 2.5),
  hugetlb: everywhere(0.8, 2.7),
  limit: everywhere(0.8, 0.02),
};

function everywhere(fixed: number, perGib: number): Record<Thp, { fixed: number; perGib: number }> {
  const one = { fixed, perGib };
  return { off: one, on: one, "mthp-64k": one };
}

function kernel(variant: KernelVariant, line: string): KernelRecord {
  const digit = { base: "0", prezero: "1", limit: "2" }[variant];
  return {
    variant,
    release: `${line}.0-synthetic-${variant}`,
    imageSha256: digit.repeat(64),
    configSha256: `${digit}${"a".repeat(63)}`,
    source: { package: "synthetic-source", version: "0.0" },
    compiler: "synthetic-cc 1.0",
    patchesSha256: variant === "base" ? null : "f".repeat(64),
  };
}

function fingerprint(run: RunRecord, arm: ArmName): Fingerprint {
  const ran = run.kernels[arm] as KernelRecord;
  return {
    machineCpu: run.machine.cpu,
    machineMicrocode: "0x0",
    machineCpus: run.machine.cpus,
    machineMemoryBytes: run.machine.memoryBytes,
    accelerator: run.settings.accelerator,
    clock: run.settings.clock,
    cpuModel: run.settings.cpuModel,
    hostCpus: run.settings.hostCpus,
    hostMemoryBytes: run.settings.hostMemoryBytes,
    qemuVersion: run.tools.qemu,
    device: "synthetic (no device)",
    kernelRelease: ran.release,
    kernelImageSha256: ran.imageSha256,
    kernelConfigSha256: ran.configSha256,
    kernelVariant: ran.variant,
  };
}

/** Record of a finished run; `changes` replace settings. */
export function syntheticRun(changes: Partial<Settings> = {}): RunRecord {
  const own = { ...settings, ...changes };
  const plan = planBoots(own);
  return {
    schemaVersion: 2,
    id: "2001-01-01T00-00-00-synthetic",
    arguments: ["--name", "synthetic"],
    commit: "5".repeat(40),
    createdAt: "2001-01-01T00:00:00.000Z",
    finishedAt: "2001-01-01T01:00:00.000Z",
    state: "finished",
    failure: null,
    settings: own,
    kernels: Object.fromEntries(
      own.arms.map((arm) => [arm, kernel(armOf(arm).variant, armOf(arm).kernel ?? own.kernel)]),
    ),
    guestKernel: null,
    arms: Object.fromEntries(own.arms.map((arm) => [arm, armRecord(arm, own)])),
    machine: { cpu: "Synthetic CPU (made-up numbers)", cpus: 2, memoryBytes: 24 * GIB, virtualisation: "synthetic" },
    tools: { qemu: "0.0 (synthetic)", node: "24.0.0" },
    poolThreshold: 0.99,
    plan,
    boots: plan.map(({ slot, arm }) => ({
      boot: slot,
      slot,
      arm,
      startedAt: "2001-01-01T00:00:00.000Z",
      finishedAt: "2001-01-01T00:05:00.000Z",
      consoleLog: `console/boot-${slot}.log`,
      lastRefill: armOf(arm).pooled ? lastRefill : null,
    })),
  };
}

/** After a VM of 1 GiB, the last of each boot. */
const lastRefill: LastRefill = {
  seconds: 2,
  refill: refillCurve(2),
  pool: { freePages: 2_500_000, zeroedPages: 2_490_000 },
  cpu: { workerSeconds: 2, hostSeconds: 2.1 },
};

/** From a fifth of free memory to nearly all of it, twice as fast in the first half. */
function refillCurve(seconds: number): RefillCurve {
  return [
    [0, 0.2],
    [seconds / 2, 0.73],
    [seconds, 0.996],
  ];
}

/** The same run as it was recorded before waits were told apart. */
export function beforeRefills(run: RunRecord, samples: readonly Sample[]): [RunRecord, Sample[]] {
  return [
    { ...run, boots: run.boots.map((boot) => ({ ...boot, lastRefill: null })) },
    samples.map((sample) => ({ ...sample, refill: [], cpuBefore: null })),
  ];
}

/** Samples of all boots: the truth above, boots off by 5 %, rounds by 1 %. */
export function syntheticSamples(run: RunRecord): Sample[] {
  const random = new Random([41, 42, 43, 44]);
  return run.plan.flatMap(({ slot, arm, steps }) => {
    const drift = Math.exp(0.05 * normal(random));
    return steps
      .flatMap((step) => Array.from({ length: step.rounds }, (_, i) => ({ step, round: i + 1 })))
      .map(({ step, round }) => {
        const noise = Math.exp(0.01 * normal(random));
        return sample(run, arm, slot, step, round, drift * noise);
      });
  });
}

function sample(run: RunRecord, arm: ArmName, boot: number, step: Step, round: number, noise: number): Sample {
  const { fixed, perGib } = TRUTH[armParts(arm).kind][step.thp];
  const gib = step.memoryBytes / GIB;
  const seconds = Math.round((fixed + perGib * gib) * noise * 1000) / 1000;
  const { pooled, variant } = armOf(arm);
  const patched = variant === "prezero";
  const pages = gib * 262_144;
  return {
    schemaVersion: 1,
    takenAt: "2001-01-01T00:01:00.000Z",
    scenario: run.settings.scenario,
    arm,
    boot,
    round,
    thp: step.thp,
    memoryBytes: step.memoryBytes,
    seconds,
    cpuSeconds: Math.round(seconds * 0.97 * 1000) / 1000,
    phases: null,
    hugeShare: step.thp === "off" ? 0 : 0.9975,
    poolBefore: patched ? { freePages: 2_500_000, zeroedPages: pooled ? 2_490_000 + boot : 0 } : null,
    refillSeconds: pooled ? 2 * gib : null,
    refill: pooled ? refillCurve(2 * gib) : [],
    hitPages: pooled ? Math.round(pages * 0.9996) : patched ? 0 : null,
    missPages: pooled ? Math.round(pages * 0.0004) : patched ? 0 : null,
    poolPages: null,
    workerCpuSeconds: patched ? (pooled ? 2.2 * gib : 0) : null,
    hostCpuSeconds: seconds + (pooled ? 2.3 * gib : 0.2),
    cpuBefore: { workerSeconds: patched ? (pooled ? 2 * gib : 0) : null, hostSeconds: pooled ? 2.1 * gib : 0.1 },
    values: {},
    fingerprint: fingerprint(run, arm),
  };
}

/** A report as a terminal of 100 columns shows it. */
export function terminalText(summary: Summary, columns = 100): string {
  return renderTerminal(reportOf(summary), columns);
}

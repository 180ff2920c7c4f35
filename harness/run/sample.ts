import { z } from "zod";
import { armSchema } from "./arm-name.ts";

/** Kernels that arms boot: the pair, and the one that never clears. */
export const kernelVariantSchema = z.enum(["base", "prezero", "limit"]);
export type KernelVariant = z.infer<typeof kernelVariantSchema>;

/** What is done in each part of a VM's creation, in the order in which the parts begin. */
export const PHASES = {
  exec: "a process is made and QEMU put in its place",
  start: "QEMU is linked and loaded, reads its options and opens KVM",
  ram: "the VM's memory is reserved; where QEMU preallocates, it is also allocated and cleared here",
  machine: "vCPUs, chipset, emulated devices",
  device: "the assigned device is opened, set up and reset; all the rest until the monitor answers",
  map: "all memory is allocated and cleared, unless it was before, pinned and entered into the IOMMU",
  remap: "the layout of the memory changes: unpinned and taken out of the IOMMU, pinned and entered again",
  guest: "the vCPUs run: firmware and kernel, until the guest's init says that it is there",
} as const;

export type PhaseName = keyof typeof PHASES;
export const phaseNames = Object.keys(PHASES) as PhaseName[];

/** Seconds of each phase that there was; they add up to all of the creation's. */
export const phasesSchema = z.partialRecord(
  z.enum(phaseNames as [PhaseName, ...PhaseName[]]),
  z.number().nonnegative(),
);
export type Phases = z.infer<typeof phasesSchema>;

export const thpSchema = z.enum(["on", "off", "mthp-64k"]);
export type Thp = z.infer<typeof thpSchema>;

/** Accelerators of QEMU. */
export const acceleratorSchema = z.enum(["kvm", "tcg"]);
export type Accelerator = z.infer<typeof acceleratorSchema>;

/** What runs the host under test; `none` is its own hardware. */
export const hostAcceleratorSchema = z.enum([...acceleratorSchema.options, "none"]);
export type HostAccelerator = z.infer<typeof hostAcceleratorSchema>;

/**
 * What the clock of the host under test counts: time, or under TCG the instructions that its CPUs execute, a nanosecond
 * each. Waiting takes the time that it takes.
 */
export const clockSchema = z.enum(["time", "instructions"]);
export type HostClock = z.infer<typeof clockSchema>;

/** What ran: samples whose fingerprints differ in anything but the kernel are never compared. */
export const fingerprintSchema = z.strictObject({
  /** CPU model name and microcode revision of the hardware below the host; of this machine for a nested one. */
  machineCpu: z.string(),
  machineMicrocode: z.string(),
  machineCpus: z.int(),
  machineMemoryBytes: z.int(),
  /** Of a nested host, as QMP query-kvm tells it. */
  accelerator: hostAcceleratorSchema,
  /** Samples from before there was a choice count time. */
  clock: clockSchema.default("time"),
  /** CPU model that a nested host's QEMU was given, for example `max,-erms,-fsrm`. */
  cpuModel: z.string(),
  hostCpus: z.int(),
  hostMemoryBytes: z.int(),
  qemuVersion: z.string(),
  /** Device as QEMU or lspci names it, for example `e1000e (emulated)`. */
  device: z.string(),
  /** Kernel under test: release, sha256 of the image, sha256 of its configuration, arm's kernel variant. */
  kernelRelease: z.string(),
  kernelImageSha256: z.string(),
  kernelConfigSha256: z.string(),
  kernelVariant: kernelVariantSchema,
});
export type Fingerprint = z.infer<typeof fingerprintSchema>;

/** Zero pool of the host under test at one moment; all counts in 4 KiB pages; null on a kernel without the series. */
export const poolSchema = z.strictObject({
  freePages: z.int(),
  /** vmstat nr_prezeroed: free pages now marked zero. */
  zeroedPages: z.int(),
});

/** How the pool filled: seconds since the wait for it began, share (0 to 1) of free memory that was zero then. */
export const refillCurveSchema = z.array(z.tuple([z.number().nonnegative(), z.number().min(0).max(1)]));
export type RefillCurve = z.infer<typeof refillCurveSchema>;

/** CPU seconds of the background worker (null without the series) and of all CPUs of the host under test. */
export const cpuUseSchema = z.strictObject({ workerSeconds: z.number().nullable(), hostSeconds: z.number() });
export type CpuUse = z.infer<typeof cpuUseSchema>;

/**
 * What became of free memory, 4 KiB pages: cleared in advance; handed out to requests for zeroes without and with a need to
 * clear it (hit, miss), and cleared to others (wasted); cleared and lost, by cause as the kernel names it, null where it
 * does not count that.
 */
export const poolPagesSchema = z.strictObject({
  cleared: z.int(),
  hit: z.int(),
  miss: z.int(),
  wasted: z.int(),
  lost: z.record(z.string(), z.int()).nullable(),
});
export type PoolPages = z.infer<typeof poolPagesSchema>;

/** One round, the creation of VMs or a run of a program: a line of samples.jsonl. Times in seconds of the host's clock. */
export const sampleSchema = z.strictObject({
  schemaVersion: z.literal(1),
  takenAt: z.iso.datetime(),
  scenario: z.string(),
  arm: armSchema,
  /** Boots are numbered over the whole run, in the order they ran (ABBA). */
  boot: z.int(),
  /** Rounds are numbered inside a boot and configuration (THP, memory). */
  round: z.int(),
  thp: thpSchema,
  memoryBytes: z.int(),
  /**
   * What the scenario is about; smaller is better. A VM: exec of its QEMU until its monitor would answer, memory
   * allocated, cleared, pinned and mapped.
   */
  seconds: z.number().positive(),
  /** Time that its QEMU consumed, user and system, until it was ready; null where no VM was created. */
  cpuSeconds: z.number().nullable(),
  /** What `seconds` went into; null when QEMU's trace did not tell, and in samples from before it was looked at. */
  phases: phasesSchema.nullable().default(null),
  /** Share (0 to 1) of the VM's or the program's anonymous memory that huge pages back; null where it says nothing. */
  hugeShare: z.number().nullable(),
  poolBefore: poolSchema.nullable(),
  /**
   * Until the pool was full, or its worker had cleared the last that it could, before this round, seconds; null when
   * nothing was waited for. Older runs count the wait for a worker that had stopped, too.
   */
  refillSeconds: z.number().nullable(),
  /** The pool during that wait; empty when nothing was waited for, and in samples from before it was kept. */
  refill: refillCurveSchema.default([]),
  /**
   * Deltas in pages over the creation, or over all of the program, what it does not time included: handed out zero,
   * handed out needing a clear; null without the series.
   */
  hitPages: z.int().nullable(),
  missPages: z.int().nullable(),
  /**
   * Of all that the host did since the previous sample of this boot (or since boot); null without the series, and in
   * samples from before it was kept.
   */
  poolPages: poolPagesSchema.nullable().default(null),
  /** CPU seconds the background worker used since the previous sample of this boot (or since boot). */
  workerCpuSeconds: z.number().nullable(),
  /** All CPU seconds (user+system+irq of every CPU) of the host since the previous sample of this boot (or since boot). */
  hostCpuSeconds: z.number(),
  /** The parts of these two from before the creation began: the wait, and in a first round the boot; null as above. */
  cpuBefore: cpuUseSchema.nullable().default(null),
  /** Other figures of the round, their unit in the name; none in samples from before they were kept. */
  values: z.record(z.string(), z.number()).default({}),
  fingerprint: fingerprintSchema,
});
export type Sample = z.infer<typeof sampleSchema>;

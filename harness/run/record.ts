import { z } from "zod";
import { armKinds, armSchema } from "./arm-name.ts";
import { conditionsSchema } from "./conditions.ts";
import { measureSchema } from "./measure.ts";
import { fromVersion1 } from "./record-v1.ts";
import {
  clockSchema,
  cpuUseSchema,
  hostAcceleratorSchema,
  kernelVariantSchema,
  poolSchema,
  refillCurveSchema,
  thpSchema,
} from "./sample.ts";

/** Several rounds of one size with one huge page setting, one after the other in the same boot. */
export const stepSchema = z.strictObject({
  thp: thpSchema,
  memoryBytes: z.int().positive(),
  rounds: z.int().positive(),
});
export type Step = z.infer<typeof stepSchema>;

/** One boot of the plan; slots are numbered from 1 in the order in which they are to run. */
export const plannedBootSchema = z.strictObject({
  slot: z.int().positive(),
  arm: armSchema,
  steps: z.array(stepSchema).min(1),
});
export type PlannedBoot = z.infer<typeof plannedBootSchema>;

/** The pool filling up again after the last VM of a boot: what that VM cost and no sample can hold. */
export const lastRefillSchema = z.strictObject({
  /** Since the VM was gone and its device free. */
  seconds: z.number().nonnegative(),
  refill: refillCurveSchema,
  pool: poolSchema,
  cpu: cpuUseSchema,
});
export type LastRefill = z.infer<typeof lastRefillSchema>;

/**
 * One boot that was started. Boots are numbered from 1 in the order they started and a number is never used twice: the
 * slot of a boot that did not finish runs again as a new boot.
 */
export const bootRecordSchema = z.strictObject({
  boot: z.int().positive(),
  slot: z.int().positive(),
  arm: armSchema,
  startedAt: z.iso.datetime(),
  /** Null while the boot runs, and for ever when it was interrupted or failed. */
  finishedAt: z.iso.datetime().nullable(),
  /** Serial console of the host, relative to the run's directory. */
  consoleLog: z.string(),
  /** Null in boots that do not wait for a pool or did not get so far, and in the oldest records. */
  lastRefill: lastRefillSchema.nullable(),
});
export type BootRecord = z.infer<typeof bootRecordSchema>;

/** What was asked for, with every default filled in. */
export const settingsSchema = z.strictObject({
  scenario: z.string(),
  measure: measureSchema,
  kernel: z.string(),
  /** Fragments of kernel configuration beside the base's own. */
  fragments: z.array(z.string()),
  arms: z.array(armSchema).min(1),
  thp: z.array(thpSchema).min(1),
  /** Size in the headline, of the VM or of what the program is given, bytes. */
  memoryBytes: z.int().positive(),
  /** Smaller sizes that are measured too, for the fit over size; ascending, without the headline's. */
  sweepBytes: z.array(z.int().positive()),
  /** Size that the fit is extended to and marked as a projection; null when it is measured. */
  projectionBytes: z.int().positive().nullable(),
  boots: z.int().positive(),
  rounds: z.int().positive(),
  sweepRounds: z.int().positive(),
  /** As `--host` names it. */
  host: z.string().min(1),
  device: z.string(),
  accelerator: hostAcceleratorSchema,
  clock: clockSchema,
  cpuModel: z.string(),
  hostCpus: z.int().positive(),
  hostMemoryBytes: z.int().positive(),
  conditions: conditionsSchema,
  /** Whether each creation's phases are written to a file of their own. */
  traces: z.boolean(),
  /** Smallest difference between arms that is of interest, as a share (0.02 is 2 %). */
  matters: z.number().min(0).max(1),
});
export type Settings = z.infer<typeof settingsSchema>;

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "a sha256 in lower-case hexadecimal");

/** The kernel an arm ran; arms that differ only in settings name the same one. */
export const kernelRecordSchema = z.strictObject({
  variant: kernelVariantSchema,
  /** As `uname -r` tells it. */
  release: z.string(),
  imageSha256: sha256Schema,
  configSha256: sha256Schema,
  /** Debian source package (or `git`, `tarball`) and its exact version. */
  source: z.strictObject({ package: z.string(), version: z.string() }),
  /** Name and version of the compiler that built it, for example `gcc 12.2.0-14`. */
  compiler: z.string(),
  /** sha256 over the applied patches in their order; null on an unpatched kernel. */
  patchesSha256: sha256Schema.nullable(),
});
export type KernelRecord = z.infer<typeof kernelRecordSchema>;

/** What an arm was when the run was made: all that a report says of it, beside its kernel. */
export const armRecordSchema = z.strictObject({
  /** What a report knows it by, its colour and mark included. */
  kind: z.enum(armKinds),
  /** Whether its host zeroes in the background, so that rounds wait for the pool. */
  pooled: z.boolean(),
  /** Added to the kernel's command line. */
  commandLine: z.array(z.string()),
  /** Shell commands that its host ran before the first round. */
  setup: z.array(z.string()),
  /** Options of the measured VM's QEMU for its memory, here for one of the headline's size. */
  vmMemory: z.array(z.string()),
  /** What a reader has to know about the arm; null when there is nothing. */
  remark: z.string().nullable(),
});
export type ArmRecord = z.infer<typeof armRecordSchema>;

/** The machine that everything ran on. */
export const machineSchema = z.strictObject({
  cpu: z.string(),
  cpus: z.int().positive(),
  memoryBytes: z.int().positive(),
  /** Hypervisor as systemd-detect-virt names it (`kvm`, `microsoft`, ...); null on bare metal. */
  virtualisation: z.string().nullable(),
});
export type Machine = z.infer<typeof machineSchema>;

/** What run.json says of a run of any kind. */
export const runShape = {
  /** Name of the run's directory: start time, then what `--name` said, or the scenario or kind. */
  id: z.string(),
  /** Command that started the run, as typed after `npm run bench --` or the like. */
  arguments: z.array(z.string()),
  /** Commit of the harness and the series, with `-dirty` when files were changed; null outside a git checkout. */
  commit: z.string().nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  state: z.enum(["running", "interrupted", "failed", "finished"]),
  /** Why a failed run failed: code and message. */
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
};

/** run.json: what a run is and how far it came. Its samples are in samples.jsonl beside it. */
const currentSchema = z.strictObject({
  schemaVersion: z.literal(2),
  ...runShape,
  settings: settingsSchema,
  /** One for each arm of the settings. */
  kernels: z.record(armSchema, kernelRecordSchema),
  /** What booted in the measured VMs; null where they did not run. */
  guestKernel: kernelRecordSchema.nullable(),
  /** One for each arm of the settings. */
  arms: z.record(armSchema, armRecordSchema),
  machine: machineSchema,
  /** Versions of the programs that times depend on. */
  tools: z.strictObject({ qemu: z.string(), node: z.string() }),
  /** Share (0 to 1) of free memory that had to be zeroed before a round of a pooled arm began. */
  poolThreshold: z.number().min(0).max(1),
  plan: z.array(plannedBootSchema).min(1),
  boots: z.array(bootRecordSchema),
});
export type RunRecord = z.infer<typeof currentSchema>;
/** Reads records of any version as current ones. */
export const runRecordSchema = z.preprocess(fromVersion1, currentSchema);

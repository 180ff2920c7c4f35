import { z } from "zod";
import { acceleratorSchema, armSchema, thpSchema } from "./sample.ts";

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "a sha256 in lower-case hexadecimal");

/** The kernel an arm ran; arms that differ in settings only name the same one. */
export const kernelRecordSchema = z.strictObject({
  variant: z.enum(["base", "prezero"]),
  /** As `uname -r` tells it. */
  release: z.string(),
  imageSha256: sha256Schema,
  configSha256: sha256Schema,
  /** Debian source package (or `git`, `tarball`) and its exact version. */
  source: z.strictObject({ package: z.string(), version: z.string() }),
  /** sha256 over the applied patches in the order of `series`; null on an unpatched kernel. */
  patchesSha256: sha256Schema.nullable(),
});
export type KernelRecord = z.infer<typeof kernelRecordSchema>;

/** What the caller asked for, after defaults were filled in. */
export const runOptionsSchema = z.strictObject({
  scenario: z.string(),
  /** Kernel line, for example `6.12`. */
  kernel: z.string(),
  arms: z.array(armSchema).min(1),
  thp: z.array(thpSchema).min(1),
  memoryBytes: z.array(z.int().positive()).min(1),
  bootsPerArm: z.int().positive(),
  rounds: z.int().positive(),
  device: z.string(),
  /** `auto` is resolved before it is written; `none` is a real host over ssh. */
  accelerator: z.union([acceleratorSchema, z.literal("none")]),
  cpuModel: z.string(),
  /** `nested` or `ssh://user@host`. */
  host: z.string(),
});
export type RunOptions = z.infer<typeof runOptionsSchema>;

/**
 * run.json: what a run is, written when it starts and once more when it ends. Together with samples.jsonl it is all a
 * run directory needs; the table and the report are made from these two again, byte for byte.
 */
export const runRecordSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Short name given by the caller or made from the options; the directory is `<UTC time>-<name>`. */
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i, "letters, digits, dots, dashes and underscores"),
  startedAt: z.iso.datetime(),
  /** null while the run goes on, and for ever in one that was interrupted. */
  finishedAt: z.iso.datetime().nullable(),
  /** Command line that makes the same run again, quoted for a shell. */
  commandLine: z.string(),
  options: runOptionsSchema,
  kernels: z.partialRecord(armSchema, kernelRecordSchema),
  /** The physical or rented machine that everything ran on. */
  machine: z.strictObject({
    cpu: z.string(),
    cpus: z.int().positive(),
    memoryBytes: z.int().positive(),
    /** Hypervisor as systemd-detect-virt names it (`kvm`, `microsoft`, ...); null on bare metal. */
    virtualisation: z.string().nullable(),
  }),
  tools: z.strictObject({ qemu: z.string(), compiler: z.string(), node: z.string() }),
  harness: z.strictObject({ revision: z.string(), dirty: z.boolean() }),
  /** Share (0 to 1) of free memory that had to be zeroed before a round with a full pool began. */
  poolThreshold: z.number().min(0).max(1),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** `20261123T061500Z-vm-create`: sorts by time, safe in a path. */
export function runDirectoryName(run: Pick<RunRecord, "startedAt" | "name">): string {
  return `${run.startedAt.replace(/\.\d+/, "").replaceAll(/[-:]/g, "")}-${run.name}`;
}

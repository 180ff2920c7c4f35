import { z } from "zod";
import { machineSchema } from "../run/record.ts";

/** What is built and run. */
const kernelSchema = z.strictObject({
  base: z.string(),
  release: z.string(),
  source: z.strictObject({ package: z.string(), version: z.string() }),
  compiler: z.string(),
  imageSha256: z.string(),
  configSha256: z.string(),
  /** The series, then what takes the times. */
  patches: z.array(z.string()).min(1),
});

/** run.json of a native run. Its samples are in samples.jsonl beside it. */
export const nativeRecordSchema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("native"),
  /** Name of the run's directory: start time, then what `--name` said or `native`. */
  id: z.string(),
  /** As typed after `npm run bench:native --`. */
  arguments: z.array(z.string()),
  commit: z.string().nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  state: z.enum(["running", "interrupted", "failed", "finished"]),
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  /** Starts of the program, the unit of replication. */
  runs: z.int().positive(),
  memoryBytes: z.int().positive(),
  kernel: kernelSchema,
  machine: machineSchema,
  microcode: z.string(),
  tools: z.strictObject({ node: z.string() }),
});
export type NativeRecord = z.infer<typeof nativeRecordSchema>;

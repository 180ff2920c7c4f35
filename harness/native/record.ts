import { join } from "node:path";
import { z } from "zod";
import { machineSchema, runShape } from "../run/record.ts";
import { resultsDir } from "../run/store.ts";

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
  ...runShape,
  /** Starts of the program, the unit of replication. */
  runs: z.int().positive(),
  memoryBytes: z.int().positive(),
  kernel: kernelSchema,
  machine: machineSchema,
  microcode: z.string(),
  tools: z.strictObject({ node: z.string() }),
});
export type NativeRecord = z.infer<typeof nativeRecordSchema>;

/** Native runs are beside the others and not among them: nothing in them can be compared. */
export function nativeResultsDir(): string {
  return join(resultsDir(), "native");
}

import { randomInt } from "node:crypto";
import { join } from "node:path";
import { assertWritable, namingDiskFaults } from "../base/disk-fault.ts";
import { HarnessError, InterruptedError } from "../base/errors.ts";
import { throwIfInterrupted } from "../base/interrupt.ts";
import { withLock } from "../base/lock.ts";
import { cacheDir, checkoutCommit } from "../base/paths.ts";
import { Progress } from "../base/progress.ts";
import type { Shell } from "../base/shell.ts";
import { readThisMachine } from "../base/this-machine.ts";
import type { Base } from "../kernel/bases.ts";
import { ensureKernel } from "../kernel/build.ts";
import type { BuiltKernel } from "../kernel/built-kernel.ts";
import { appendLines, rootPlace, writeRecord } from "../run/store.ts";
import { findMemoryPlace } from "./memory-place.ts";
import { type NativeRecord, nativeResultsDir } from "./record.ts";
import { runProgram, startProgram } from "./run-program.ts";
import type { NativeLine } from "./sample.ts";

/** Memory of the program: what is measured, what is written to cool the caches, and room between the two. */
const MEMORY_BYTES = 2 ** 30;
/** One start takes half a minute on a machine with 10 GiB/s. */
const DEADLINE_MS = 600_000;
const SEED_LIMIT = 2 ** 31;

/** Runs of a native benchmark stand for themselves and take half a minute: there is nothing to resume. */
const KEPT = "What was measured is kept: `npm run bench:native -- --show` prints it. The same command measures anew.";

export type NativeRequest = {
  base: Base;
  /** Starts of the program. */
  runs: number;
  /** What the caller typed after `npm run bench:native --`. */
  arguments: string[];
  name: string | undefined;
};

/**
 * Builds the kernel, starts it as often as asked and keeps what it measures.
 * @returns the run's directory
 * @throws what {@link assertWritable} throws, before anything is built; what {@link ensureKernel},
 *   {@link findMemoryPlace} and {@link runProgram} throw, and the record says so
 */
export async function startNative($: Shell, request: NativeRequest): Promise<string> {
  const place = rootPlace(nativeResultsDir());
  assertWritable(place);
  return namingDiskFaults(place, () => buildAndRun($, request));
}

async function buildAndRun($: Shell, request: NativeRequest): Promise<string> {
  const place = await findMemoryPlace($, MEMORY_BYTES);
  const kernel = await ensureKernel($, { base: request.base, variant: "native" });
  const progress = new Progress("bench:native");
  return withLock(
    $,
    cacheDir("bench.lock"),
    (what) => progress.log(what),
    async () => {
      const record = await newRecord($, request, kernel);
      const runDir = join(nativeResultsDir(), record.id);
      save(runDir, record);
      try {
        for (let run = 1; run <= record.runs; run++) {
          throwIfInterrupted($.signal, "measuring");
          progress.update((run - 1) / record.runs, `run ${run} of ${record.runs}`);
          const samples = await runProgram(
            $,
            kernel.imagePath,
            randomInt(SEED_LIMIT),
            { memoryBytes: MEMORY_BYTES, ...place },
            DEADLINE_MS,
          );
          const takenAt = new Date().toISOString();
          appendLines(
            runDir,
            samples.map((sample): NativeLine => ({ schemaVersion: 1, run, takenAt, sample })),
          );
        }
      } catch (error) {
        save(runDir, { ...record, ...endOf(error) });
        progress.done("stopped");
        if (error instanceof InterruptedError) throw new InterruptedError("measuring", KEPT);
        throw error;
      }
      save(runDir, { ...record, state: "finished", finishedAt: new Date().toISOString() });
      progress.done();
      return runDir;
    },
  );
}

/** Builds the kernel and starts it once, for nothing but a dry run: it keeps and reads nothing. */
export async function startOnce($: Shell, base: Base): Promise<void> {
  const place = await findMemoryPlace($, MEMORY_BYTES);
  const { imagePath } = await ensureKernel($, { base, variant: "native" });
  await startProgram($, imagePath, 1, { memoryBytes: MEMORY_BYTES, ...place }, DEADLINE_MS);
}

const save = (runDir: string, record: NativeRecord) => writeRecord(runDir, record);

function endOf(error: unknown): Pick<NativeRecord, "state" | "failure"> {
  if (error instanceof InterruptedError) return { state: "interrupted", failure: null };
  const code = error instanceof HarnessError ? error.code : "UNEXPECTED";
  return { state: "failed", failure: { code, message: error instanceof Error ? error.message : String(error) } };
}

async function newRecord($: Shell, request: NativeRequest, kernel: BuiltKernel): Promise<NativeRecord> {
  const createdAt = new Date().toISOString();
  const { microcode, ...machine } = await readThisMachine($);
  const { base, release, compiler, imageSha256, configSha256, patches } = kernel;
  return {
    schemaVersion: 1,
    kind: "native",
    id: `${createdAt.slice(0, 19).replaceAll(":", "-")}-${request.name ?? "native"}`,
    arguments: request.arguments,
    commit: await checkoutCommit($),
    createdAt,
    finishedAt: null,
    state: "running",
    failure: null,
    runs: request.runs,
    memoryBytes: MEMORY_BYTES,
    kernel: {
      base,
      release,
      source: { package: kernel.packageName, version: kernel.version },
      compiler,
      imageSha256,
      configSha256,
      patches,
    },
    machine,
    microcode,
    tools: { node: process.versions.node },
  };
}

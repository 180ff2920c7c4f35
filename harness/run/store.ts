import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { assertWritable, diskFault, type Place } from "../base/disk-fault.ts";
import { UsageError } from "../base/errors.ts";
import { projectPath } from "../base/paths.ts";
import { type RunRecord, runRecordSchema } from "./record.ts";
import { type Sample, sampleSchema } from "./sample.ts";

const RECORD_FILE = "run.json";
export const SAMPLES_FILE = "samples.jsonl";
/** What the name of each run begins with. */
const START_TIME = /^[\dT-]{19}-/;

/** Where runs are kept: `$PREZERO_RESULTS`, else `results/` of the checkout. */
export function resultsDir(): string {
  return process.env.PREZERO_RESULTS ? resolve(process.env.PREZERO_RESULTS) : projectPath("results");
}

/** The directory of all runs, which can be another one. */
export const rootPlace = (path: string): Place => ({ path, holds: "the results", elsewhere: "PREZERO_RESULTS=DIR" });

/** The directory of a run. @param goOn command for when there is room again */
function runPlace(runDir: string, goOn = "npm run bench -- --resume"): Place {
  return { path: runDir, holds: "the results", makeRoom: `Make room there, then: ${goOn} ${basename(runDir)}` };
}

/** Tries the directory for runs before anything long begins. @throws what diskFault makes of it */
export function assertRootWritable(root: string): void {
  assertWritable(rootPlace(root));
}

/** Tries the directory of a run that goes on. @throws what diskFault makes of it */
export function assertRunWritable(runDir: string): void {
  assertWritable(runPlace(runDir));
}

/**
 * Writes something of a run.
 * @param goOn command for when there is room again; it gets the run's name
 * @throws what diskFault makes of a disk that is full, read-only or fails
 */
export function writingTo<T>(runDir: string, write: () => T, goOn?: string): T {
  try {
    return write();
  } catch (error) {
    throw diskFault(error, runPlace(runDir, goOn)) ?? error;
  }
}

/**
 * Writes run.json as a whole, making the run's directory when it is new.
 * @throws what writingTo throws
 */
export function saveRun(runDir: string, run: RunRecord): void {
  writingTo(runDir, () => writeRecord(runDir, run));
}

/** {@link saveRun} for a record of any kind. @throws what the disk says */
export function writeRecord(runDir: string, record: object): void {
  mkdirSync(runDir, { recursive: true });
  writeFileAtomic(join(runDir, RECORD_FILE), `${JSON.stringify(record, null, 2)}\n`);
}

/** @throws UsageError RUN_UNREADABLE when run.json is missing or is not what this harness writes. */
export function readRun(runDir: string): RunRecord {
  return readRecord(runDir, runRecordSchema);
}

/** {@link readRun} for a record of any kind. */
export function readRecord<T>(runDir: string, schema: z.ZodType<T>): T {
  const path = join(runDir, RECORD_FILE);
  return parseJson(schema, path, readText(path));
}

/** Appends one sample and returns when it is on the disk. @throws what writingTo throws */
export function appendSample(runDir: string, sample: Sample): void {
  writingTo(runDir, () => appendLines(runDir, [sample]));
}

/** {@link appendSample} for lines of any kind. @throws what the disk says */
export function appendLines(runDir: string, lines: readonly object[]): void {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  appendFileSync(join(runDir, SAMPLES_FILE), text, { flush: true });
}

/**
 * All samples of a run, in the order they were taken. A last line without its newline was torn by a crash while it was
 * written; it never was a sample and is passed over.
 * @throws UsageError RUN_UNREADABLE naming file and line when any other line is not a sample.
 */
export function readSamples(runDir: string): Sample[] {
  return readLines(runDir, sampleSchema);
}

/** {@link readSamples} for lines of any kind. */
export function readLines<T>(runDir: string, schema: z.ZodType<T>): T[] {
  const path = join(runDir, SAMPLES_FILE);
  if (!isFile(path)) return [];
  const lines = readText(path).split("\n").slice(0, -1);
  return lines.map((line, index) => parseJson(schema, `${path}:${index + 1}`, line));
}

/** Cuts a torn last line off, so that the next sample starts on a line of its own. @throws what writingTo throws */
export function repairSamples(runDir: string): void {
  const path = join(runDir, SAMPLES_FILE);
  if (!existsSync(path)) return;
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf("\n".charCodeAt(0)) + 1;
  if (end < bytes.length) writingTo(runDir, () => truncateSync(path, end));
}

/**
 * Directories of all runs, oldest first (their names start with the time they were started).
 * @throws what diskFault makes of a place that is no directory
 */
export function listRunDirs(root: string = resultsDir()): string[] {
  if (!existsSync(root)) return [];
  try {
    const dirs = readdirSync(root)
      .sort()
      .map((name) => join(root, name));
    return dirs.filter((dir) => isFile(join(dir, RECORD_FILE)));
  } catch (error) {
    throw diskFault(error, rootPlace(root)) ?? error;
  }
}

/** A pipe or a device of that name would be read for ever. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * Directory of a run: `latest`, its name, what the name has behind the time or any other part that no other run has, or a
 * path to its directory.
 * @param roots where runs are; the newest of the first is the latest
 * @throws UsageError RUN_UNKNOWN, RUN_AMBIGUOUS naming the runs there are
 */
export function resolveRunDir(wanted: string, ...roots: string[]): string {
  const [root = resultsDir(), ...others] = roots;
  const own = listRunDirs(root);
  const all = [...own, ...others.flatMap((other) => listRunDirs(other))];
  const found = wanted === "latest" ? own.at(-1) : all.find((dir) => basename(dir) === wanted);
  if (found !== undefined) return found;
  if (isFile(join(resolve(wanted), RECORD_FILE))) return resolve(wanted);
  const named = all.filter((dir) => basename(dir).replace(START_TIME, "") === wanted);
  const matching = named.length > 0 ? named : wanted === "" ? [] : all.filter((dir) => basename(dir).includes(wanted));
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return only;
  if (all.length === 0) {
    throw new UsageError({
      code: "RUN_UNKNOWN",
      message: `There is no run in ${root} yet`,
      remedy: "Make one with `npm run bench` (or `npm run bench:native`).",
    });
  }
  const nameAll = (dirs: string[]) => dirs.map((dir) => basename(dir)).join(", ");
  throw matching.length > 1
    ? new UsageError({
        code: "RUN_AMBIGUOUS",
        message: `"${wanted}" is part of the names of ${matching.length} runs`,
        remedy: `Name one of: ${nameAll(matching)}.`,
      })
    : new UsageError({
        code: "RUN_UNKNOWN",
        message: `There is no run "${wanted}"`,
        remedy: `Name one of: latest, ${nameAll(all)}; a part of a name will do.`,
      });
}

function readText(path: string): string {
  return reading(path, () => readFileSync(path, "utf8"));
}

function parseJson<T>(schema: z.ZodType<T>, where: string, text: string): T {
  return reading(where, () => schema.parse(JSON.parse(text)));
}

/** @param where what an error names @throws UsageError RUN_UNREADABLE */
function reading<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new UsageError({
      code: "RUN_UNREADABLE",
      message: `${where} is not valid`,
      detail: cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message,
      remedy: "Restore the file, or name another run (`npm run results` lists them).",
      cause,
    });
  }
}

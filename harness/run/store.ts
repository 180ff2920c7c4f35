import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
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
const rootPlace = (path: string): Place => ({ path, holds: "the results", elsewhere: "PREZERO_RESULTS=DIR" });

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
  writingTo(runDir, () => {
    mkdirSync(runDir, { recursive: true });
    writeFileAtomic(join(runDir, RECORD_FILE), `${JSON.stringify(run, null, 2)}\n`);
  });
}

/** @throws UsageError RUN_UNREADABLE when run.json is missing or is not what this harness writes. */
export function readRun(runDir: string): RunRecord {
  return parseJson(runRecordSchema, join(runDir, RECORD_FILE), readText(join(runDir, RECORD_FILE)));
}

/** Appends one sample and returns when it is on the disk. @throws what writingTo throws */
export function appendSample(runDir: string, sample: Sample): void {
  writingTo(runDir, () => {
    const fd = openSync(join(runDir, SAMPLES_FILE), "a");
    try {
      writeFileSync(fd, `${JSON.stringify(sample)}\n`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  });
}

/**
 * All samples of a run, in the order they were taken. A last line without its newline was torn by a crash while it was
 * written; it never was a sample and is passed over.
 * @throws UsageError RUN_UNREADABLE naming file and line when any other line is not a sample.
 */
export function readSamples(runDir: string): Sample[] {
  const path = join(runDir, SAMPLES_FILE);
  if (!isFile(path)) return [];
  const lines = readText(path).split("\n").slice(0, -1);
  return lines.map((line, index) => parseJson(sampleSchema, `${path}:${index + 1}`, line));
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
  const names = readNames(root).sort();
  return names.map((name) => join(root, name)).filter((dir) => isFile(join(dir, RECORD_FILE)));
}

function readNames(root: string): string[] {
  try {
    return readdirSync(root);
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
  const names = (matching.length > 0 ? matching : all).map((dir) => basename(dir));
  if (matching.length > 1) {
    throw new UsageError({
      code: "RUN_AMBIGUOUS",
      message: `"${wanted}" is part of the names of ${matching.length} runs`,
      remedy: `Name one of: ${names.join(", ")}.`,
    });
  }
  throw new UsageError({
    code: "RUN_UNKNOWN",
    message: names.length === 0 ? `There is no run in ${root} yet` : `There is no run "${wanted}"`,
    remedy:
      names.length === 0
        ? "Make one with `npm run bench` (or `npm run bench:native`)."
        : `Name one of: latest, ${names.join(", ")}; a part of a name will do.`,
  });
}

/** @throws UsageError RUN_UNREADABLE */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw unreadable(path, (error as Error).message, error);
  }
}

/** @param where what an error names @throws UsageError RUN_UNREADABLE */
export function parseJson<T>(schema: z.ZodType<T>, where: string, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(where, (error as Error).message, error);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unreadable(where, z.prettifyError(parsed.error), parsed.error);
  return parsed.data;
}

function unreadable(where: string, detail: string, cause: unknown): UsageError {
  return new UsageError({
    code: "RUN_UNREADABLE",
    message: `${where} is not valid`,
    detail,
    remedy: "Restore the file, or name another run (`npm run results` lists them).",
    cause,
  });
}

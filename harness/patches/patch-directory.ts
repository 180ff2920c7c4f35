import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { RuntimeDir } from "../base/runtime-dir.ts";
import type { Shell } from "../base/shell.ts";
import { patchNamesIn, readSeriesNames } from "../series/series.ts";
import { readMail } from "./changelog.ts";
import type { KnownPatches } from "./names.ts";

/** A patch file to be written. */
export type PatchText = { name: string; text: string };

/** What writing changed, by name. */
export type Written = { added: string[]; changed: string[]; removed: string[]; unchanged: string[] };

/** A comment of `series` that gives a name to a patch that is not written yet. */
const PLANNED = /^# planned: (\S+\.patch)$/;

/**
 * Names planned, and the subject of each patch that is there; an empty or missing directory knows nothing.
 * @param repository any, for git to read the patches in
 */
export async function knownPatches($: Shell, dir: string, repository: string): Promise<KnownPatches> {
  const planned = (await seriesLines(dir)).flatMap((line) => PLANNED.exec(line)?.[1] ?? []);
  const subjects = new Map<string, string>();
  using scratch = new RuntimeDir();
  for (const name of await patchNamesIn(dir)) {
    const text = await readFile(join(dir, name), "utf8");
    const { message } = await readMail($, repository, { name: join(dir, name), text }, scratch.path);
    subjects.set(name, message.split("\n")[0] ?? "");
  }
  return { planned, subjects };
}

/** Digest of the order and of every patch in a directory: tells whether anyone changed anything. */
export async function directoryDigest(dir: string): Promise<string> {
  const hash = createHash("sha256");
  const order = existsSync(join(dir, "series")) ? await readSeriesNames(dir) : [];
  for (const name of order) hash.update(`${name}\n`);
  for (const name of await patchNamesIn(dir)) hash.update(`${name}\0`).update(await readFile(join(dir, name)));
  return hash.digest("hex");
}

/** Which files {@link writePatches} would add, change or remove. */
export async function comparePatches(dir: string, patches: PatchText[]): Promise<Written> {
  const before = await patchNamesIn(dir);
  const result: Written = { added: [], changed: [], removed: [], unchanged: [] };
  for (const { name, text } of patches) {
    if (!before.includes(name)) result.added.push(name);
    else result[(await readFile(join(dir, name), "utf8")) === text ? "unchanged" : "changed"].push(name);
  }
  result.removed = before.filter((name) => !patches.some((patch) => patch.name === name));
  return result;
}

/**
 * Makes a directory hold exactly these patches, in this order. Each file is replaced as a whole, files that are right
 * already are not touched, and what is gone is removed last.
 */
export async function writePatches(dir: string, patches: PatchText[]): Promise<Written> {
  await mkdir(dir, { recursive: true });
  const written = await comparePatches(dir, patches);
  for (const { name, text } of patches) {
    if (!written.unchanged.includes(name)) writeFileAtomic(join(dir, name), text);
  }
  await writeSeries(
    dir,
    patches.map((patch) => patch.name),
  );
  for (const name of written.removed) await rm(join(dir, name));
  return written;
}

/** Comments at the top stay there, others with the name that follows them; a planned name that has come true is planned no more. */
async function writeSeries(dir: string, names: string[]): Promise<void> {
  const before = await seriesLines(dir);
  const header: string[] = [];
  const withComments = new Map<string, string[]>();
  let held: string[] = [];
  for (const line of before) {
    if (names.includes(PLANNED.exec(line)?.[1] ?? "")) continue;
    const name = line.replace(/#.*/, "").trim();
    if (name === "" && withComments.size === 0) header.push(line);
    else held.push(line);
    if (name === "") continue;
    withComments.set(name, held);
    held = [];
  }
  const lines = [...header, ...names.flatMap((name) => withComments.get(name) ?? [name]), ...held];
  if (lines.join("\n") !== before.join("\n"))
    writeFileAtomic(join(dir, "series"), lines.map((line) => `${line}\n`).join(""));
}

async function seriesLines(dir: string): Promise<string[]> {
  const file = join(dir, "series");
  return existsSync(file) ? (await readFile(file, "utf8")).trimEnd().split("\n") : [];
}

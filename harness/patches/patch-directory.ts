import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import type { KnownPatches } from "./names.ts";
import { parsePatchFile } from "./patch-file.ts";
import { patchNamesIn, readSeriesNames } from "./series.ts";

/** A patch file to be written. */
export type PatchText = { name: string; text: string };

/** What writing changed, by name. */
export type Written = { added: string[]; changed: string[]; removed: string[]; unchanged: string[] };

/** Order and subjects of what is in the directory; an empty or missing directory knows nothing. */
export async function knownPatches(dir: string): Promise<KnownPatches> {
  const order = existsSync(join(dir, "series")) ? await readSeriesNames(dir) : [];
  const subjects = new Map<string, string>();
  for (const name of await patchNamesIn(dir)) {
    subjects.set(name, parsePatchFile(name, await readFile(join(dir, name), "utf8")).subject);
  }
  return { order, subjects };
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
    join(dir, "series"),
    patches.map((patch) => patch.name),
  );
  for (const name of written.removed) await rm(join(dir, name));
  return written;
}

/** Comments stay with the name that follows them; planned names (without a file yet) stay at the end. */
async function writeSeries(file: string, names: string[]): Promise<void> {
  const before = await readFile(file, "utf8").catch(() => "");
  const comments = new Map<string, string[]>();
  let held: string[] = [];
  const planned: string[] = [];
  for (const line of before.split("\n").slice(0, before.endsWith("\n") ? -1 : undefined)) {
    const name = line.replace(/#.*/, "").trim();
    held.push(line);
    if (name === "") continue;
    comments.set(name, held);
    held = [];
    if (!names.includes(name) && !existsSync(join(file, "..", name))) planned.push(name);
  }
  const lines = [...names, ...planned].flatMap((name) => comments.get(name) ?? [name]);
  const text = [...lines, ...held].map((line) => `${line}\n`).join("");
  if (text !== before) writeFileAtomic(file, text);
}

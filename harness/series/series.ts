import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UsageError } from "../base/errors.ts";
import { type PatchFile, parsePatchFile } from "./patch-file.ts";

/** A directory of patches and their order. */
export type Series = { dir: string; patches: (PatchFile & { path: string })[] };

const PATCH_NAME = /^[\w.+-]+\.patch$/;

/**
 * Reads the `series` file of a directory (quilt's format: one name a line, `#` starts a comment) and every patch it
 * names, in that order.
 * @throws UsageError SERIES_MISSING, SERIES_INVALID, PATCH_MISSING, PATCH_UNLISTED, PATCH_DAMAGED
 */
export async function readSeries(dir: string): Promise<Series> {
  const names = await readSeriesNames(dir);
  const missing = names.filter((name) => !existsSync(join(dir, name)));
  if (missing.length > 0) {
    throw new UsageError({
      code: "PATCH_MISSING",
      message: `${join(dir, "series")} names ${missing.join(", ")}, which ${missing.length === 1 ? "is" : "are"} not there.`,
      remedy: "Add the file, or take its line out of `series`.",
    });
  }
  const unlisted = (await patchNamesIn(dir)).filter((name) => !names.includes(name));
  if (unlisted.length > 0) {
    throw new UsageError({
      code: "PATCH_UNLISTED",
      message: `${dir} has ${unlisted.join(", ")}, but \`series\` does not name ${unlisted.length === 1 ? "it" : "them"}.`,
      remedy: "Add a line to `series` at the place where the patch belongs, or move the file away.",
    });
  }
  const patches = await Promise.all(
    names.map(async (name) => {
      const path = resolve(dir, name);
      return { ...parsePatchFile(path, await readFile(path, "utf8")), path };
    }),
  );
  return { dir, patches };
}

/**
 * The names of a `series` file alone, in order; the files need not be there yet.
 * @throws UsageError SERIES_MISSING, SERIES_INVALID
 */
export async function readSeriesNames(dir: string): Promise<string[]> {
  const file = join(dir, "series");
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError({
      code: "SERIES_MISSING",
      message: `${file} cannot be read: ${cause.code}.`,
      remedy: "The directory of a base's patches has a file `series` that names them in order, one a line.",
      cause,
    });
  });
  const names: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const name = line.replace(/#.*/, "").trim();
    if (name === "") continue;
    if (!PATCH_NAME.test(name)) throw invalid(file, index, `"${name}" is not the name of a patch beside it`);
    if (names.includes(name)) throw invalid(file, index, `${name} is named a second time`);
    names.push(name);
  }
  return names;
}

/** Identifies a series: sha256 over the texts of its patches, in their order. */
export function seriesSha256(patches: readonly PatchFile[]): string {
  const hash = createHash("sha256");
  for (const { text } of patches) hash.update(text);
  return hash.digest("hex");
}

/** Names of the patch files in a directory, sorted; a directory that is not there has none. */
export async function patchNamesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir).catch(() => []);
  return entries.filter((name) => PATCH_NAME.test(name)).sort();
}

function invalid(file: string, index: number, why: string): UsageError {
  return new UsageError({
    code: "SERIES_INVALID",
    message: `${file}:${index + 1}: ${why}.`,
    remedy: "Allowed: one file name NAME.patch a line, each once; `#` starts a comment.",
  });
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../base/errors.ts";
import type { Shell } from "../../base/shell.ts";
import { parsePatchFile } from "../../series/patch-file.ts";
import type { BaseRepository } from "../base-repository.ts";
import { commitOnBase } from "../commit-series.ts";
import type { CommitRange } from "../range-diff.ts";

/** What the names of a version's files begin with; like git, the first version has no number. */
export function versionPrefix(version: number): string {
  return version === 1 ? "" : `v${version}-`;
}

/** Whether a file is a patch, the letter (number 0) or the mbox of a version of an export. */
export function isOfVersion(name: string, version: number): boolean {
  return new RegExp(`^${versionPrefix(version)}(\\d{4}-.+\\.patch|series\\.mbox)$`).test(name);
}

/**
 * The version before, as commits on the same base, for git range-diff.
 * @throws UsageError PREVIOUS_MISSING; PATCH_DOES_NOT_APPLY when it was made for another base
 */
export async function previousExport(
  $: Shell,
  base: BaseRepository,
  dir: string,
  version: number,
): Promise<CommitRange> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => isOfVersion(name, version)).sort();
  const patches = names.filter((name) => !/^(v\d+-)?0000-|\.mbox$/.test(name));
  if (patches.length === 0) {
    throw new UsageError({
      code: "PREVIOUS_MISSING",
      message: `${dir} has no version ${version} of the series, which version ${version + 1} is to be compared with.`,
      remedy: "Export into the directory that has it, name that with --previous, or take another -vN.",
    });
  }
  const parsed = await Promise.all(
    patches.map(async (name) => parsePatchFile(name, await readFile(join(dir, name), "utf8"))),
  );
  const commits = await commitOnBase($, base, parsed);
  return { base: base.root, head: commits.at(-1) as string };
}

import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Shell } from "../../base/shell.ts";
import { git, gitLines } from "../git.ts";

/** C files and headers that a commit adds, changes or removes. */
export async function touchedSources($: Shell, repository: string, commit: string): Promise<string[]> {
  const args = ["diff-tree", "-r", "--no-commit-id", "--name-only", "--no-renames", commit, "--", "*.c", "*.h"];
  return gitLines($, repository, args);
}

/** Those of the paths that a commit has. */
export async function filesOf($: Shell, repository: string, commit: string, paths: string[]): Promise<string[]> {
  return paths.length === 0 ? [] : gitLines($, repository, ["ls-tree", "-r", "--name-only", commit, ...paths]);
}

/** Writes files of a commit into a directory, under their paths. */
export async function extractFiles(
  $: Shell,
  repository: string,
  commit: string,
  paths: string[],
  into: string,
): Promise<void> {
  const tar = join(into, ".files.tar");
  await git($, repository, ["archive", "--format=tar", `--output=${tar}`, commit, ...paths]);
  // Into a directory for temporary files, so that a dry run does it, too.
  await $({ temporaryEnv: {} })`tar -xf ${tar} -C ${into}`;
  await rm(tar);
}

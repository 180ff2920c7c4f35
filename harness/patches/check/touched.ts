import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RuntimeDir } from "../../base/runtime-dir.ts";
import type { Shell } from "../../base/shell.ts";
import type { PatchFile } from "../../series/patch-file.ts";
import { git, gitLines } from "../git.ts";

/** A header that more directories than this include is left to the full build. */
const MOST_DIRECTORIES = 12;

/** What of the kernel a series can break: directories to compile, and the C files that it changes itself. */
export type Touched = { directories: string[]; sources: string[] };

/**
 * Directories of the C files that the patches touch, and of those that include a header of include/ they touch. Tools
 * (selftests) are not built by the kernel's own makefiles and do not count.
 */
export async function touchedBy($: Shell, repository: string, root: string, patches: PatchFile[]): Promise<Touched> {
  const paths = [...new Set(patches.flatMap((patch) => patch.files.flatMap((file) => file.newPath ?? [])))];
  const kernel = paths.filter((path) => !/^(tools|Documentation|samples|scripts)\//.test(path));
  const sources = kernel.filter((path) => path.endsWith(".c"));
  const directories = new Set(sources.map(dirname));
  for (const header of kernel.filter((path) => /^include\/.*\.h$/.test(path))) {
    const include = `<${header.replace(/^include\/(uapi\/)?/, "")}>`;
    const args = ["grep", "-l", "--fixed-strings", include, root, "--", "*.c"];
    const users = await gitLines($, repository, args, { okExitCodes: [0, 1] });
    const found = new Set(users.map((line) => dirname(line.slice(root.length + 1))));
    const built = [...found].filter((path) => !/^(tools|samples|arch)\//.test(path));
    if (built.length <= MOST_DIRECTORIES) for (const directory of built) directories.add(directory);
  }
  const known = await gitLines($, repository, ["ls-tree", "-r", "-d", "--name-only", root]);
  return { directories: [...directories].filter((path) => known.includes(path)).sort(), sources: sources.sort() };
}

/** Those of the symbols (`CONFIG_` and a name) that the patches, which are applied to the tree, define. */
export async function definedBy($: Shell, tree: string, patches: PatchFile[], symbols: string[]): Promise<string[]> {
  const paths = patches.flatMap((patch) => patch.files.flatMap((file) => file.newPath ?? []));
  const kconfigs = [...new Set(paths)].filter((path) => /(^|\/)Kconfig[^/]*$/.test(path));
  const texts = await Promise.all(kconfigs.map((path) => $.files.readText(join(tree, path), "")));
  // In a dry run nothing is applied, so that only the patches know.
  const added = $.dry ? patches.map(({ text }) => text.replace(/^\+/gm, "")) : [];
  const defined = [...texts, ...added].join("\n");
  return symbols.filter((symbol) => new RegExp(`^(menu)?config ${symbol.replace(/^CONFIG_/, "")}$`, "m").test(defined));
}

/** C files and headers that a commit adds, changes or removes. */
export async function touchedSources($: Shell, repository: string, commit: string): Promise<string[]> {
  const args = ["diff-tree", "-r", "--no-commit-id", "--name-only", "--no-renames", commit, "--", "*.c", "*.h"];
  return gitLines($, repository, args);
}

/**
 * Works with files of a commit in a directory, under their paths; gone afterwards.
 * @param work gets the directory, and those of the paths that the commit has, at least one
 * @returns nothing found where it has none
 */
export async function withFiles<T>(
  $: Shell,
  repository: string,
  commit: string,
  paths: string[],
  work: (directory: string, there: string[]) => Promise<T[]>,
): Promise<T[]> {
  const args = ["ls-tree", "-r", "--name-only", commit, ...paths];
  const there = paths.length === 0 ? [] : await gitLines($, repository, args);
  if (there.length === 0) return [];
  using scratch = new RuntimeDir();
  const tar = join(scratch.path, ".files.tar");
  await git($, repository, ["archive", "--format=tar", `--output=${tar}`, commit, ...there]);
  // Into a directory for temporary files, so that a dry run does it, too.
  await $({ temporaryEnv: {} })`tar -xf ${tar} -C ${scratch.path}`;
  await rm(tar);
  return await work(scratch.path, there);
}

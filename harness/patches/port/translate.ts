import { join } from "node:path";
import type { Shell } from "../../base/shell.ts";
import type { Series } from "../../series/series.ts";
import { type BaseRepository, ROOT_DATE } from "../base-repository.ts";
import { changelogOf } from "../changelog.ts";
import { commitOnBase } from "../commit-series.ts";
import { git, gitLines, gitText, withIndex } from "../git.ts";
import { recordNames } from "../names.ts";

/** A series of one base told in the repository of another. */
export type Translated = {
  /** The other base with the files that the series touches as they are in its own base. */
  start: string;
  /** One commit per patch, each the child of the one before, the first of `start`. */
  commits: string[];
};

/**
 * Tells a series in the repository of the base that it is to be ported to, so that git can merge three ways: what
 * differs between `start` and the other base is only how the touched files have changed between the two kernels. The
 * 80,000 files that the series leaves alone are never compared and never copied.
 * @throws UsageError PATCH_DOES_NOT_APPLY when the series does not even fit its own base
 */
export async function translateSeries(
  $: Shell,
  from: BaseRepository,
  series: Series,
  to: BaseRepository,
): Promise<Translated> {
  const own = await commitOnBase($, from, series.patches);
  const paths = [
    ...new Set(series.patches.flatMap(({ files }) => files.flatMap(({ oldPath, newPath }) => [oldPath, newPath]))),
  ].filter((path) => path !== null);
  const states = await Promise.all([from.root, ...own].map((commit) => filesAt($, from.gitDir, commit, paths)));
  await copyBlobs(
    $,
    from.gitDir,
    to.gitDir,
    new Set(states.flatMap((files) => [...files.values()].map(({ id }) => id))),
  );

  const trees: string[] = [];
  for (const files of states) trees.push(await treeWith($, to, paths, files));
  const message = `${from.packageName} ${from.version}: the files that the series touches\n`;
  const start = await gitText($, to.gitDir, ["commit-tree", trees[0] as string, "-p", to.root], {
    env: { GIT_AUTHOR_DATE: ROOT_DATE, GIT_COMMITTER_DATE: ROOT_DATE },
    input: message,
  });
  const commits: string[] = [];
  for (const [index, commit] of own.entries()) {
    const { message: input, env } = await changelogOf($, from.gitDir, commit);
    const args = ["commit-tree", trees[index + 1] as string, "-p", commits.at(-1) ?? start];
    commits.push(await gitText($, to.gitDir, args, { env, input }));
  }
  await recordNames(
    $,
    to.gitDir,
    commits,
    series.patches.map(({ name }) => name),
  );
  return { start, commits };
}

type File = { mode: string; id: string };

async function filesAt($: Shell, gitDir: string, commit: string, paths: string[]): Promise<Map<string, File>> {
  const format = "--format=%(objectmode) %(objectname) %(path)";
  const lines = await gitLines($, gitDir, ["ls-tree", "-r", format, commit, "--", ...paths]);
  return new Map(
    lines.map((line) => {
      const [mode = "", id = "", ...path] = line.split(" ");
      return [path.join(" "), { mode, id }];
    }),
  );
}

/** As a pack, which git puts in its place at once or not at all. */
async function copyBlobs($: Shell, from: string, to: string, ids: Set<string>): Promise<void> {
  const args = ["pack-objects", "--quiet", join(to, "objects/pack/pack")];
  await git($, from, args, { input: [...ids].map((id) => `${id}\n`).join("") });
}

async function treeWith($: Shell, to: BaseRepository, paths: string[], files: Map<string, File>): Promise<string> {
  return withIndex($, to.gitDir, to.root, async (env) => {
    // A mode of 0 takes the file out; git does that first, so that a file may take the place of a directory.
    const lines = paths.map((path) => {
      const file = files.get(path);
      return file ? `${file.mode} ${file.id}\t${path}\n` : `0 ${"0".repeat(40)}\t${path}\n`;
    });
    await git($, to.gitDir, ["update-index", "--index-info"], { env, input: lines.join("") });
    return gitText($, to.gitDir, ["write-tree"], { env });
  });
}

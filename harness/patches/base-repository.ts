import { join } from "node:path";
import { withLock } from "../base/lock.ts";
import { cacheDir } from "../base/paths.ts";
import type { Shell } from "../base/shell.ts";
import type { KernelSource } from "../kernel/source.ts";
import { git, gitText } from "./git.ts";

/** The pristine source of a base as a git repository with one commit. */
export type BaseRepository = { gitDir: string; root: string; packageName: string; version: string };

/** What the repository is made from. */
export type PristineSource = Pick<KernelSource, "dir" | "packageName" | "version">;

/** Names of patches, kept beside the commits so that changelogs stay clean. */
export const NAMES_REF = "refs/notes/patch-name";

/** Git's own time stamp of the root commit: fixed, so that everyone has the same commit. */
export const ROOT_DATE = "2000-01-01T00:00:00Z";

/**
 * A bare repository keeps no reflog by itself, and a developer's worktree must have one; a patch's name follows its
 * commit through --amend and rebase; the rest is for speed with 80,000 files.
 */
const CONFIG = `[core]
	autocrlf = false
	logAllRefUpdates = true
	preloadIndex = true
[notes]
	rewriteRef = ${NAMES_REF}
	rewriteMode = overwrite
[gc]
	auto = 0
[feature]
	manyFiles = true
[index]
	threads = true
[checkout]
	workers = 0
`;

/** Adds all files into one pack instead of 80,000 loose objects: half a minute instead of many. */
const ADD = ["-c", "core.bigFileThreshold=1", "-c", "core.compression=1"];

/** Where the repository of a base is. */
export function baseGitDir(source: PristineSource): string {
  return cacheDir("git", `${source.packageName}_${source.version.replaceAll(/[^\w.+-]/g, "-")}.git`);
}

/**
 * The repository of a base: made once, with every file of the source in one commit whose id depends on nothing else.
 * @param say gets a line when it has to be made
 */
export async function baseRepository(
  $: Shell,
  source: PristineSource,
  say: (line: string) => void,
): Promise<BaseRepository> {
  const gitDir = baseGitDir(source);
  const name = `${source.packageName} ${source.version}`;
  await withLock($, `${gitDir}.lock`, say, async () => {
    if ($.files.exists(gitDir)) return;
    say(`making a git repository of ${name}, once (about a minute)`);
    const partial = `${gitDir}.partial`;
    await $.files.remove(partial);
    await $.files.makeDirectory(partial);
    await createRepository($, partial, source.dir, `${name}\n\nThe package's source as it is.`);
    await $.files.move(partial, gitDir);
  });
  const root = await gitText($, gitDir, ["rev-parse", "--verify", "refs/tags/base^{commit}"]);
  return { gitDir, root, packageName: source.packageName, version: source.version };
}

async function createRepository($: Shell, gitDir: string, sourceDir: string, message: string): Promise<void> {
  await git($, gitDir, ["init", "--quiet", "--bare", "--template=", "--initial-branch=base", "."]);
  const config = join(gitDir, "config");
  await $.files.write(config, (await $.files.readText(config, "")) + CONFIG);
  const tree = [`--git-dir=${gitDir}`, `--work-tree=${sourceDir}`];
  // --force: files that the source's own .gitignore names belong to the package all the same.
  await git($, sourceDir, [...tree, ...ADD, "add", "--all", "--force", "."]);
  const id = await gitText($, gitDir, ["write-tree"]);
  const env = { GIT_AUTHOR_DATE: ROOT_DATE, GIT_COMMITTER_DATE: ROOT_DATE };
  const root = await gitText($, gitDir, ["commit-tree", id, "-m", message], { env });
  await git($, gitDir, ["tag", "base", root]);
  await $.files.remove(join(gitDir, "index"));
}

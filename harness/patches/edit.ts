import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { UsageError } from "../base/errors.ts";
import { withLock } from "../base/lock.ts";
import type { Shell } from "../base/shell.ts";
import type { Base } from "../kernel/bases.ts";
import { readSeries } from "../series/series.ts";
import { type BaseRepository, baseGitDir } from "./base-repository.ts";
import { MAILINFO } from "./changelog.ts";
import { APPLY_CACHED, commitOnBase } from "./commit-series.ts";
import { createWorktree, worktreeAdd, worktreeMove } from "./create-worktree.ts";
import { git, gitCommand, gitText } from "./git.ts";
import { recordNames } from "./names.ts";
import { directoryDigest } from "./patch-directory.ts";
import { isWorktree, lastMeeting, recordMeeting, requireClean } from "./worktree.ts";

export type EditOptions = {
  base: BaseRepository;
  dir: string;
  patchesDir: string;
  say: (line: string) => void;
};

/** What became of the worktree: made, moved on to patch files that changed, or right already. */
export type Edited = { outcome: "created" | "updated" | "current"; head: string; commits: string[] };

/**
 * Makes a worktree of the base's source with one commit per patch. All patches apply before the worktree comes to be,
 * so that a failure leaves nothing behind; a worktree with work in it is never touched.
 * @throws UsageError PATCH_DOES_NOT_APPLY, WORKTREE_FOREIGN, WORKTREE_DIRTY, WORKTREE_BUSY, WORKTREE_AHEAD, SERIES_* and
 *   PATCH_* of {@link readSeries}
 */
export async function editPatches($: Shell, options: EditOptions): Promise<Edited> {
  const { base, dir, patchesDir, say } = options;
  return withLock($, `${base.gitDir}.edit.lock`, say, async () => {
    const state = await examine($, base, dir);
    const series = await readSeries(patchesDir);
    const commits = await commitOnBase($, base, series.patches);
    const names = series.patches.map((patch) => patch.name);
    await recordNames($, base.gitDir, commits, names);
    const head = commits.at(-1) ?? base.root;
    const meeting = { head, filesSha256: await directoryDigest(patchesDir) };
    if (state === "absent") {
      await createWorktree($, base, dir, meeting);
      return { outcome: "created", head, commits };
    }
    if (state !== head) await git($, dir, ["checkout", "--quiet", "--detach", head]);
    await recordMeeting($, dir, meeting);
    return { outcome: state === head ? "current" : "updated", head, commits };
  });
}

/** "absent", or the HEAD of a worktree that holds nothing that is not in the patch files. */
async function examine($: Shell, base: BaseRepository, dir: string): Promise<string> {
  if (!existsSync(dir) || (await readdir(dir)).length === 0) return "absent";
  const ours = (await isWorktree($, dir)) && (await commonDir($, dir)) === (await commonDir($, base.gitDir));
  if (!ours) {
    throw new UsageError({
      code: "WORKTREE_FOREIGN",
      message: `${dir} is there already and is not a worktree of ${base.packageName} ${base.version}.`,
      remedy: "Name another directory with --dir, or move this one away.",
    });
  }
  await requireClean($, dir);
  const head = await gitText($, dir, ["rev-parse", "HEAD"]);
  if ((await lastMeeting($, dir))?.head === head) return head;
  throw new UsageError({
    code: "WORKTREE_AHEAD",
    message: `${dir} has commits that the patch files do not have.`,
    remedy: "Write them to the files first (npm run patches -- refresh BASE), or name another directory with --dir.",
  });
}

async function commonDir($: Shell, dir: string): Promise<string> {
  return resolve(dir, await gitText($, dir, ["rev-parse", "--git-common-dir"]));
}

/** The commands of `patches edit`, in order, with placeholders in capitals for what only running them tells. */
export async function planEdit(base: Base, dir: string, patchesDir: string): Promise<string[]> {
  const repository = baseGitDir({ packageName: base.source.package, version: base.source.version, dir: "" });
  const series = await readSeries(patchesDir);
  return [
    gitCommand(repository, ["read-tree", "base"]),
    ...series.patches.flatMap((patch) => [
      `${gitCommand(repository, [...MAILINFO, "BODY", "DIFF"])} < ${patch.path}`,
      gitCommand(repository, [...APPLY_CACHED, "DIFF"]),
      gitCommand(repository, ["write-tree"]),
      gitCommand(repository, ["commit-tree", "TREE", "-p", "PARENT"]),
    ]),
    gitCommand(repository, worktreeAdd(`${dir}.partial`, "LAST_COMMIT")),
    gitCommand(repository, worktreeMove(`${dir}.partial`, dir)),
  ];
}

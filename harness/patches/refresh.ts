import { namingDiskFaults } from "../base/disk-fault.ts";
import { InfrastructureError, UsageError } from "../base/errors.ts";
import { RuntimeDir } from "../base/runtime-dir.ts";
import type { Shell } from "../base/shell.ts";
import { parsePatchFile } from "../series/patch-file.ts";
import type { BaseRepository } from "./base-repository.ts";
import { lostInMail, readMail } from "./changelog.ts";
import { commitSeries } from "./commit-series.ts";
import { findBaseCommit, listCommits, type SeriesCommit, unfit } from "./commits.ts";
import { git, gitCommand } from "./git.ts";
import { nameCommits, recordNames } from "./names.ts";
import {
  comparePatches,
  directoryDigest,
  knownPatches,
  type PatchText,
  type Written,
  writePatches,
} from "./patch-directory.ts";
import { FORMAT_PATCH, mailOf, renderPatch } from "./render.ts";
import { isWorktree, lastMeeting, recordMeeting, requireClean } from "./worktree.ts";

export type RefreshOptions = {
  base: BaseRepository;
  /** The worktree, or any git tree that has the base's files as a commit. */
  dir: string;
  patchesDir: string;
  /** Overwrite patch files that changed since the worktree was made. */
  force?: boolean;
  /** Say what would change, and change nothing. */
  dryRun?: boolean;
};

/**
 * Writes the commits of a worktree as patch files. Without a change in the worktree this changes no byte. What is
 * written is proved first: applied to the base again, it gives the same trees, changelogs and authors.
 * @throws UsageError WORKTREE_MISSING, WORKTREE_DIRTY, WORKTREE_BUSY, WORKTREE_OTHER_BASE, COMMIT_UNFIT, PATCHES_CHANGED
 */
export async function refreshPatches($: Shell, options: RefreshOptions): Promise<Written> {
  const { base, dir, patchesDir } = options;
  if (!(await isWorktree($, dir))) {
    throw new UsageError({
      code: "WORKTREE_MISSING",
      message: `${dir} is not a git worktree.`,
      remedy: "Make it with `npm run patches -- edit BASE`, or name another with --dir.",
    });
  }
  await requireClean($, dir);
  const meeting = await lastMeeting($, dir);
  const held = options.force || meeting?.writing ? undefined : meeting;
  if (held && held.filesSha256 !== (await directoryDigest(patchesDir))) {
    throw new UsageError({
      code: "PATCHES_CHANGED",
      message: `The patches in ${patchesDir} changed after the worktree ${dir} was made from them.`,
      remedy:
        "Make a second worktree from them (edit --dir) and bring your commits over, or overwrite the files with --force.",
    });
  }
  const parent = await findBaseCommit($, dir, base);
  const commits = await listCommits($, dir, parent);
  const ids = commits.map((commit) => commit.id);
  const names = nameCommits(
    commits.map((commit) => ({ subject: commit.subject, recorded: commit.recordedName })),
    await knownPatches($, patchesDir, dir),
  );
  const patches: PatchText[] = [];
  using scratch = new RuntimeDir();
  for (const [index, { id, subject, message }] of commits.entries()) {
    const mail = await mailOf($, dir, id);
    const lost = lostInMail(message, (await readMail($, dir, { name: subject, text: mail }, scratch.path)).message);
    if (lost !== undefined) {
      const remedy = "Reword that line: git commit --amend, or git rebase -i for a commit before the last.";
      throw unfit(`${id.slice(0, 12)} ("${subject}")`, `cannot be a patch: ${lost}`, remedy);
    }
    patches.push({ name: names[index] ?? "", text: await renderPatch($, dir, id, mail, base) });
  }
  await prove($, dir, parent, commits, patches);
  if (options.dryRun) return comparePatches(patchesDir, patches);
  // Killed from here on, the files are neither what they were nor what they are to be: the next refresh goes on.
  if (meeting) await recordMeeting($, dir, { ...meeting, writing: true });
  const place = { path: patchesDir, holds: "the patches" };
  const written = await namingDiskFaults(place, () => writePatches(patchesDir, patches));
  await recordNames($, dir, ids, names);
  const head = ids.at(-1) ?? parent;
  await recordMeeting($, dir, { head, filesSha256: await directoryDigest(patchesDir) });
  return written;
}

async function prove(
  $: Shell,
  dir: string,
  parent: string,
  commits: SeriesCommit[],
  patches: PatchText[],
): Promise<void> {
  const parsed = patches.map((patch) => parsePatchFile(patch.name, patch.text));
  const ids = await commitSeries($, dir, parent, parsed, "its own base");
  const format = "--format=%T%n%an <%ae>%n%ad%n%B";
  for (const [index, commit] of commits.entries()) {
    const [before, after] = await Promise.all(
      [commit.id, ids[index] ?? ""].map((id) => git($, dir, ["log", "-1", "--date=raw", "--no-notes", format, id])),
    );
    if (before?.stdout.trimEnd() === after?.stdout.trimEnd()) continue;
    throw new InfrastructureError({
      code: "PATCH_NOT_FAITHFUL",
      message: `Commit ${commit.id.slice(0, 12)} ("${commit.subject}") cannot be told as a patch: applied again it is another commit.`,
      detail: `commit:\n${before?.stdout}\npatch:\n${after?.stdout}`,
      remedy: "Compare the two above: nothing was written. A commit that cannot be told is a bug of the harness.",
    });
  }
}

/** The command that `patches refresh` runs for each commit of the worktree. */
export function planRefresh(dir: string): string[] {
  return [gitCommand(dir, [...FORMAT_PATCH, "COMMIT"])];
}

import { existsSync } from "node:fs";
import { mkdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import type { Shell } from "../base/shell.ts";
import type { BaseRepository } from "./base-repository.ts";
import { git } from "./git.ts";
import { type Meeting, recordMeeting } from "./worktree.ts";

/** Arguments of the git command that makes the worktree. */
export function worktreeAdd(dir: string, head: string): string[] {
  return ["worktree", "add", "--quiet", "--detach", dir, head];
}

/** Arguments of the git command that puts the finished worktree in its place. */
export function worktreeMove(from: string, dir: string): string[] {
  return ["worktree", "move", from, dir];
}

/**
 * Makes a worktree at a directory that is absent or empty. Made beside its place and moved there when it is whole: a
 * killed run leaves no half worktree that looks like one.
 */
export async function createWorktree($: Shell, base: BaseRepository, dir: string, meeting: Meeting): Promise<void> {
  const partial = `${dir}.partial`;
  // After an interrupt, too: git locks a worktree while it makes it, and one that stays locked is in the way.
  const clear = async () => {
    await rm(partial, { recursive: true, force: true });
    await git($, base.gitDir, ["worktree", "unlock", partial], { okExitCodes: [0, 128], interruptWith: "nothing" });
    await git($, base.gitDir, ["worktree", "prune"], { interruptWith: "nothing" });
  };
  await mkdir(dirname(dir), { recursive: true });
  await clear();
  try {
    await git($, base.gitDir, worktreeAdd(partial, meeting.head));
    await unhideNewFiles($, partial);
    await recordMeeting($, partial, meeting);
    if (existsSync(dir)) await rmdir(dir);
    await git($, base.gitDir, worktreeMove(partial, dir));
  } catch (error) {
    await clear().catch(() => {});
    throw error;
  }
}

/** Debian's packages end .gitignore with this, because their own repository holds debian/ alone. */
const HIDES_ALL = /^(\/\*|!\/debian\/)$/;

/**
 * Lets git see new files in a worktree: takes the pattern that hides everything out of the worktree's .gitignore, and
 * tells git not to look at that file, so that the change becomes part of no commit.
 */
async function unhideNewFiles($: Shell, dir: string): Promise<void> {
  const file = join(dir, ".gitignore");
  if (!existsSync(file)) return;
  const before = (await readFile(file, "utf8")).split("\n");
  const after = before.filter((line) => !HIDES_ALL.test(line));
  if (after.length === before.length) return;
  await git($, dir, ["update-index", "--skip-worktree", ".gitignore"]);
  writeFileAtomic(file, after.join("\n"));
}

import { existsSync } from "node:fs";
import { mkdir, rm, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Shell } from "../base/shell.ts";
import type { BaseRepository } from "./base-repository.ts";
import { git } from "./git.ts";
import { unhideNewFiles } from "./unhide.ts";
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

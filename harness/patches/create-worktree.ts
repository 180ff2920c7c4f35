import { dirname, join } from "node:path";
import type { Shell } from "../base/shell.ts";
import type { BaseRepository } from "./base-repository.ts";
import { git } from "./git.ts";
import { type Meeting, recordMeeting } from "./worktree.ts";

/**
 * Makes a worktree at a directory that is absent or empty. Made beside its place and moved there when it is whole: a
 * killed run leaves no half worktree that looks like one.
 */
export async function createWorktree($: Shell, base: BaseRepository, dir: string, meeting: Meeting): Promise<void> {
  const partial = `${dir}.partial`;
  // After an interrupt, too: git locks a worktree while it makes it, and one that stays locked is in the way.
  const clear = async () => {
    await $.files.remove(partial);
    await git($, base.gitDir, ["worktree", "unlock", partial], { okExitCodes: [0, 128], interruptWith: "nothing" });
    await git($, base.gitDir, ["worktree", "prune"], { interruptWith: "nothing" });
  };
  await $.files.makeDirectory(dirname(dir));
  await clear();
  try {
    await git($, base.gitDir, ["worktree", "add", "--quiet", "--detach", partial, meeting.head]);
    await unhideNewFiles($, base, meeting.head, partial);
    await recordMeeting($, partial, meeting);
    // An empty one, and only that.
    if ($.files.exists(dir)) await $`rmdir ${dir}`;
    await git($, base.gitDir, ["worktree", "move", partial, dir]);
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
async function unhideNewFiles($: Shell, base: BaseRepository, head: string, dir: string): Promise<void> {
  const shown = await git($, base.gitDir, ["show", `${head}:.gitignore`], { okExitCodes: [0, 128] });
  const before = shown.stdout.split("\n");
  const after = before.filter((line) => !HIDES_ALL.test(line));
  if (after.length === before.length) return;
  await git($, dir, ["update-index", "--skip-worktree", ".gitignore"]);
  await $.files.write(join(dir, ".gitignore"), `${after.join("\n")}\n`);
}

import { existsSync, realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { UsageError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import { git, gitLines, gitText } from "./git.ts";

/** Files of git's that exist while an operation waits for its user. */
const IN_PROGRESS = ["rebase-merge", "rebase-apply", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "BISECT_LOG"];
const PATHS_SHOWN = 10;

/** What the patch files and the worktree had in common when they last met. */
const meetingSchema = z.strictObject({
  head: z.string(),
  filesSha256: z.string(),
  /** A refresh is writing the files, or was killed while it did. */
  writing: z.literal(true).optional(),
});
export type Meeting = z.infer<typeof meetingSchema>;

/** True when `dir` is the top of a git worktree (not merely inside one). */
export async function isWorktree($: Shell, dir: string): Promise<boolean> {
  if (!existsSync(dir)) return false;
  const answer = await git($, dir, ["rev-parse", "--show-toplevel"], { okExitCodes: [0, 128] });
  return answer.exitCode === 0 && resolve(answer.stdout.trim()) === realpathSync(dir);
}

/**
 * Refuses a worktree with anything that is not in a commit yet, new files included.
 * @throws UsageError WORKTREE_BUSY (a rebase or the like waits), WORKTREE_DIRTY
 */
export async function requireClean($: Shell, dir: string): Promise<void> {
  for (const name of IN_PROGRESS) {
    if (!existsSync(await gitPath($, dir, name))) continue;
    throw new UsageError({
      code: "WORKTREE_BUSY",
      message: `${dir} is in the middle of a ${name.toLowerCase().replace(/[-_].*/, "")}.`,
      remedy: "Finish or abort it there first (git status says how).",
    });
  }
  const changed = await gitLines($, dir, [
    "status",
    "--porcelain",
    "--untracked-files=all",
    "--ignore-submodules=none",
  ]);
  if (changed.length === 0) return;
  const rest = changed.length - PATHS_SHOWN;
  throw new UsageError({
    code: "WORKTREE_DIRTY",
    message: `${dir} has changes that are in no commit (${changed.length} path${changed.length === 1 ? "" : "s"}).`,
    detail: [...changed.slice(0, PATHS_SHOWN), ...(rest > 0 ? [`... and ${rest} more`] : [])].join("\n"),
    remedy:
      "Put them into the commit they belong to (git commit --amend, or --fixup and rebase --autosquash), or stash them.",
  });
}

/** True while a rebase waits for its user. */
export async function rebaseWaits($: Shell, dir: string): Promise<boolean> {
  const paths = await Promise.all(["rebase-merge", "rebase-apply"].map((name) => gitPath($, dir, name)));
  return paths.some((path) => existsSync(path));
}

const MEETING = "prezero.json";

/** Reads what was recorded when files and worktree last met; undefined for a worktree that never met any. */
export async function lastMeeting($: Shell, dir: string): Promise<Meeting | undefined> {
  const remedy = "Remove it: edit and refresh then take the worktree for one that they never saw.";
  return readBeside($, dir, MEETING, meetingSchema, remedy);
}

/** Records that the patch files with this digest are what the worktree's HEAD is. */
export async function recordMeeting($: Shell, dir: string, meeting: Meeting): Promise<void> {
  await writeBeside($, dir, MEETING, meeting);
}

/**
 * Reads what we have written beside a worktree, in git's own directory of it; undefined where there is nothing.
 * @param remedy what to do when it is something else
 * @throws UsageError RECORD_DAMAGED
 */
export async function readBeside<T>(
  $: Shell,
  dir: string,
  name: string,
  schema: z.ZodType<T>,
  remedy: string,
): Promise<T | undefined> {
  const path = await gitPath($, dir, name);
  if (!existsSync(path)) return undefined;
  const text = await readFile(path, "utf8");
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `${path} is not what was written there.`;
    throw new UsageError({ code: "RECORD_DAMAGED", message, remedy, cause });
  }
}

/** Writes what {@link readBeside} reads. */
export async function writeBeside($: Shell, dir: string, name: string, value: object): Promise<void> {
  await $.files.write(await gitPath($, dir, name), `${JSON.stringify(value)}\n`);
}

async function gitPath($: Shell, dir: string, name: string): Promise<string> {
  return resolve(dir, await gitText($, dir, ["rev-parse", "--git-path", name], { standIn: join(dir, ".git", name) }));
}

import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { InfrastructureError, UsageError } from "../../base/errors.ts";
import { withLock } from "../../base/lock.ts";
import type { Shell } from "../../base/shell.ts";
import type { Series } from "../../series/series.ts";
import type { BaseRepository } from "../base-repository.ts";
import { createWorktree } from "../create-worktree.ts";
import { git, gitText } from "../git.ts";
import { directoryDigest } from "../patch-directory.ts";
import { rebaseWaits, recordMeeting, requireClean } from "../worktree.ts";
import { type Conflict, conflictsIn, takeResolutions } from "./conflicts.ts";
import { begunPort, notRunning, type Port, readPort, writePort } from "./state.ts";
import { translateSeries } from "./translate.ts";

/** Where the port goes: the base, its worktree, and the files that will be written from it. */
export type PortTarget = { base: BaseRepository; dir: string; patchesDir: string };

/** Either everything is there, or git waits for its user at one of the patches. */
export type Ported =
  | { state: "finished"; port: Port; commits: number; dropped: number; remembered: string[] }
  | { state: "conflicts"; port: Port; patch: string; conflicts: Conflict[] };

/** The git command that does the port. */
export function rebaseArguments(target: string, start: string, last: string): string[] {
  return ["rebase", "--onto", target, start, last];
}

/** @throws UsageError PORT_TO_ITSELF */
export function requireTwoBases({ from, to }: Pick<Port, "from" | "to">): void {
  if (from !== to) return;
  throw new UsageError({
    code: "PORT_TO_ITSELF",
    message: `A series is ported to another base, and ${from} is its own.`,
    remedy: `Name another base with --to, or change the series where it is: npm run patches -- edit ${from}`,
  });
}

/**
 * Begins to bring a series to another base: a new worktree, and in it an ordinary git rebase, which stops where a person
 * has to decide.
 * @throws UsageError PORT_TO_ITSELF, PORT_UNFINISHED, WORKTREE_IN_THE_WAY, PATCH_DOES_NOT_APPLY
 */
export async function startPort(
  $: Shell,
  target: PortTarget,
  names: { from: string; to: string },
  source: { base: BaseRepository; series: Series },
  say: (line: string) => void,
): Promise<Ported> {
  const { base, dir, patchesDir } = target;
  requireTwoBases(names);
  const before = await readPort($, dir);
  if (before && before.finished === undefined) {
    throw new UsageError({
      code: "PORT_UNFINISHED",
      message: `${dir} is in the middle of a port from ${before.from} to ${before.to}.`,
      remedy: "Resolve what is left there and say --continue, or give it up with --abort.",
    });
  }
  if (existsSync(dir) && (await readdir(dir)).length > 0) {
    throw new UsageError({
      code: "WORKTREE_IN_THE_WAY",
      message: `${dir} is there already; a port begins in a worktree of its own.`,
      remedy:
        "Name another directory with --dir, or remove this one (git worktree remove) once nothing in it is needed.",
    });
  }
  return withLock($, `${base.gitDir}.edit.lock`, say, async () => {
    const { start, commits } = await translateSeries($, source.base, source.series, base);
    const last = commits.at(-1) ?? start;
    const port = { ...names, start, last };
    // What was decided once is decided the same way next time, when the series has changed and is ported again.
    const settings = { "merge.conflictStyle": "zdiff3", "rerere.enabled": "true", "rerere.autoUpdate": "true" };
    for (const [name, value] of Object.entries(settings)) await git($, base.gitDir, ["config", name, value]);
    await createWorktree($, base, dir, { head: last, filesSha256: await directoryDigest(patchesDir) });
    try {
      await writePort($, dir, port);
      await git($, dir, rebaseArguments(base.root, start, last), { okExitCodes: [0, 1] });
      return await goOn($, target, port);
    } catch (error) {
      await git($, base.gitDir, ["worktree", "remove", "--force", dir], {
        okExitCodes: [0, 128],
        interruptWith: "nothing",
      }).catch(() => {});
      throw error;
    }
  });
}

/**
 * Goes on after conflicts were resolved in the files; what was resolved need not be added by hand.
 * @throws UsageError PORT_NOT_RUNNING, PORT_CONFLICTS_LEFT, PORT_ABANDONED, WORKTREE_DIRTY; InfrastructureError GIT_FAILED
 *   when git stops for anything but a conflict
 */
export async function continuePort($: Shell, target: PortTarget): Promise<Ported> {
  const { dir } = target;
  const port = await begunPort($, dir);
  if (port.finished !== undefined) throw notRunning(dir);
  if (await rebaseWaits($, dir)) {
    await takeResolutions($, dir);
    await continueRebase($, dir);
  }
  if (
    (await git($, dir, ["merge-base", "--is-ancestor", port.start, "HEAD"], { okExitCodes: [0, 1] })).exitCode === 0
  ) {
    throw new UsageError({
      code: "PORT_ABANDONED",
      message: `The rebase in ${dir} was given up: what is there is the series on ${port.from} still.`,
      remedy: "Give the port up as well (--abort), and begin it again.",
    });
  }
  return goOn($, target, port);
}

/** One `git rebase --continue`. @throws InfrastructureError GIT_FAILED when that leads nowhere */
async function continueRebase($: Shell, dir: string): Promise<void> {
  const stoppedAt = await stoppedPatch($, dir);
  const rebased = await git($, dir, ["-c", "core.editor=true", "rebase", "--continue"], { okExitCodes: [0, 1] });
  if (rebased.exitCode === 0 || (await stoppedPatch($, dir)) !== stoppedAt) return;
  throw new InfrastructureError({
    code: "GIT_FAILED",
    message: "git could not go on with the rebase.",
    detail: `${rebased.stdout}\n${rebased.stderr}`.trim(),
    remedy: "Mend what git says there, then say --continue again.",
  });
}

/**
 * Gives a port up and removes its worktree, with all that was resolved in it; one that has finished only as long as
 * nothing came to it since.
 * @throws UsageError PORT_NOT_RUNNING, PORT_CHANGED, WORKTREE_DIRTY
 */
export async function abortPort($: Shell, { base, dir }: PortTarget): Promise<Port> {
  const port = await begunPort($, dir);
  if (port.finished !== undefined) await requireUntouched($, dir, port.finished);
  await git($, base.gitDir, ["worktree", "remove", "--force", dir]);
  return port;
}

async function requireUntouched($: Shell, dir: string, finished: string): Promise<void> {
  await requireClean($, dir);
  if ((await headOf($, dir)) === finished) return;
  throw new UsageError({
    code: "PORT_CHANGED",
    message: `The port in ${dir} has finished, and other commits are there now.`,
    remedy: `Keep them (patches refresh), or remove the worktree with all of them: git -C ${dir} worktree remove --force .`,
  });
}

async function headOf($: Shell, dir: string): Promise<string> {
  return gitText($, dir, ["rev-parse", "HEAD"]);
}

/** Where the rebase stands. It stops for what git resolved as it was resolved before, too, and nobody has to decide that. */
async function goOn($: Shell, target: PortTarget, port: Port): Promise<Ported> {
  const { base, dir, patchesDir } = target;
  const remembered: string[] = [];
  while (await rebaseWaits($, dir)) {
    const patch = await gitText($, dir, ["log", "-1", "--format=%s", "REBASE_HEAD"]);
    const conflicts = await conflictsIn($, dir);
    if (conflicts.length > 0) return { state: "conflicts", port, patch, conflicts };
    remembered.push(patch);
    await continueRebase($, dir);
  }
  await requireClean($, dir);
  const [commits = 0, before = 0] = await Promise.all(
    [`${base.root}..HEAD`, `${port.start}..${port.last}`].map(async (range) =>
      Number(await gitText($, dir, ["rev-list", "--count", range])),
    ),
  );
  // As after `patches edit`: whatever comes to the files meanwhile is not overwritten unseen.
  await recordMeeting($, dir, { head: base.root, filesSha256: await directoryDigest(patchesDir) });
  await writePort($, dir, { ...port, finished: await headOf($, dir) });
  return { state: "finished", port, commits, dropped: before - commits, remembered };
}

/** The patch that a rebase has stopped at. */
async function stoppedPatch($: Shell, dir: string): Promise<string> {
  return gitText($, dir, ["rev-parse", "--quiet", "--verify", "REBASE_HEAD"], { okExitCodes: [0, 1] });
}

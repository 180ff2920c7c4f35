import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InfrastructureError, UsageError } from "../../base/errors.ts";
import { withLock } from "../../base/lock.ts";
import type { Shell } from "../../base/shell.ts";
import type { Series } from "../../series/series.ts";
import type { BaseRepository } from "../base-repository.ts";
import { createWorktree } from "../create-worktree.ts";
import { git, gitLines, gitText } from "../git.ts";
import { directoryDigest } from "../patch-directory.ts";
import { rebaseWaits, recordMeeting, requireClean } from "../worktree.ts";
import { type Conflict, conflictsIn, unmergedIn } from "./conflicts.ts";
import { forgetPort, type Port, readPort, writePort } from "./state.ts";
import { translateSeries } from "./translate.ts";

/** Where the port goes: the base, its worktree, and the files that will be written from it. */
export type PortTarget = { base: BaseRepository; dir: string; patchesDir: string };

/** Either everything is there, or git waits for its user at one of the patches. */
export type Ported =
  | { state: "finished"; port: Port; commits: number; dropped: number }
  | { state: "conflicts"; port: Port; patch: string; conflicts: Conflict[] };

/** The git command that does the port. */
export function rebaseArguments(target: string, start: string, last: string): string[] {
  return ["rebase", "--onto", target, start, last];
}

/**
 * Begins to bring a series to another base: a new worktree, and in it an ordinary git rebase, which stops where a person
 * has to decide.
 * @throws UsageError PORT_UNFINISHED, WORKTREE_IN_THE_WAY, PATCH_DOES_NOT_APPLY
 */
export async function startPort(
  $: Shell,
  target: PortTarget,
  names: { from: string; to: string },
  source: { base: BaseRepository; series: Series },
  say: (line: string) => void,
): Promise<Ported> {
  const { base, dir, patchesDir } = target;
  const unfinished = await readPort($, dir);
  if (unfinished) throw portUnfinished(dir, unfinished);
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
      return await outcome($, target, port);
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
  const port = await runningPort($, dir);
  if (await rebaseWaits($, dir)) {
    const stages = await unmergedIn($, dir);
    const unmerged = [...stages.keys()];
    // Where one side does not have the file, marks in its text cannot tell what is to be done.
    const oneSided = unmerged.filter((file) => {
      const has = stages.get(file);
      return !(has?.has("2") && has.has("3")) && existsSync(join(dir, file));
    });
    if (oneSided.length > 0) {
      throw new UsageError({
        code: "PORT_CONFLICTS_LEFT",
        message: `One side changes and the other has not: ${oneSided.join(", ")}. Nobody has said yet which it is to be.`,
        remedy: "git rm what is to go, git add what is to stay, then say --continue again; --abort gives the port up.",
      });
    }
    const left = unmerged.length > 0 ? await withMarkers($, dir, unmerged) : [];
    if (left.length > 0) {
      throw new UsageError({
        code: "PORT_CONFLICTS_LEFT",
        message: `${left.length === 1 ? "A file has" : `${left.length} files have`} conflict marks (<<<<<<<) still: ${left.join(", ")}.`,
        remedy: "Resolve them, then say --continue again. git diff shows them; --abort gives the port up.",
      });
    }
    if (unmerged.length > 0) await git($, dir, ["add", "--all", "--", ...unmerged]);
    const stoppedAt = await stoppedPatch($, dir);
    const rebased = await git($, dir, ["-c", "core.editor=true", "rebase", "--continue"], { okExitCodes: [0, 1] });
    if (rebased.exitCode === 1 && (await stoppedPatch($, dir)) === stoppedAt) {
      throw new InfrastructureError({
        code: "GIT_FAILED",
        message: "git could not go on with the rebase.",
        detail: `${rebased.stdout}\n${rebased.stderr}`.trim(),
        remedy: "Mend what git says there, then say --continue again.",
      });
    }
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
  return outcome($, target, port);
}

/**
 * Gives a port up and removes its worktree, with all that was resolved in it.
 * @throws UsageError PORT_NOT_RUNNING
 */
export async function abortPort($: Shell, { base, dir }: PortTarget): Promise<Port> {
  const port = await runningPort($, dir);
  await git($, base.gitDir, ["worktree", "remove", "--force", dir]);
  return port;
}

async function outcome($: Shell, target: PortTarget, port: Port): Promise<Ported> {
  const { base, dir, patchesDir } = target;
  if (await rebaseWaits($, dir)) {
    const patch = await gitText($, dir, ["log", "-1", "--format=%s", "REBASE_HEAD"]);
    return { state: "conflicts", port, patch, conflicts: await conflictsIn($, dir) };
  }
  await requireClean($, dir);
  const [commits = 0, before = 0] = await Promise.all(
    [`${base.root}..HEAD`, `${port.start}..${port.last}`].map(async (range) =>
      Number(await gitText($, dir, ["rev-list", "--count", range])),
    ),
  );
  // As after `patches edit`: whatever comes to the files meanwhile is not overwritten unseen.
  await recordMeeting($, dir, { head: base.root, filesSha256: await directoryDigest(patchesDir) });
  await forgetPort($, dir);
  return { state: "finished", port, commits, dropped: before - commits };
}

/**
 * Nobody goes on with, or gives up, another port than the one that was named.
 * @throws UsageError PORT_NOT_RUNNING, PORT_IS_ANOTHER
 */
export async function requirePort($: Shell, dir: string, names: Pick<Port, "from" | "to">): Promise<void> {
  const { from, to } = await runningPort($, dir);
  if (from === names.from && to === names.to) return;
  throw new UsageError({
    code: "PORT_IS_ANOTHER",
    message: `The port in ${dir} is from ${from} to ${to}.`,
    remedy: `Say --from ${from} --to ${to}, or name another directory with --dir.`,
  });
}

async function runningPort($: Shell, dir: string): Promise<Port> {
  const port = await readPort($, dir);
  if (port) return port;
  throw new UsageError({
    code: "PORT_NOT_RUNNING",
    message: `There is no unfinished port in ${dir}.`,
    remedy: "Begin one with `npm run patches -- port --from A --to B`, or name its directory with --dir.",
  });
}

/** The patch that a rebase has stopped at. */
async function stoppedPatch($: Shell, dir: string): Promise<string> {
  return gitText($, dir, ["rev-parse", "--quiet", "--verify", "REBASE_HEAD"], { okExitCodes: [0, 1] });
}

async function withMarkers($: Shell, dir: string, files: string[]): Promise<string[]> {
  const args = ["grep", "--files-with-matches", "-e", "^<<<<<<< ", "-e", "^>>>>>>> ", "--", ...files];
  return gitLines($, dir, args, { okExitCodes: [0, 1] });
}

function portUnfinished(dir: string, { from, to }: Port): UsageError {
  return new UsageError({
    code: "PORT_UNFINISHED",
    message: `${dir} is in the middle of a port from ${from} to ${to}.`,
    remedy: "Resolve what is left there and say --continue, or give it up with --abort.",
  });
}

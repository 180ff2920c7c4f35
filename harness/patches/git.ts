import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shellQuote } from "../base/quote.ts";
import type { Shell } from "../base/shell.ts";
import type { Finished, ShellOptions } from "../base/shell-options.ts";

/**
 * Who makes bookkeeping commits (the root commit, applied patches, notes). It never reaches a patch file, whose author
 * is its own, and it is fixed so that the same series on the same base has the same commit ids.
 */
const BOOKKEEPER = {
  GIT_AUTHOR_NAME: "prezero",
  GIT_AUTHOR_EMAIL: "prezero@localhost",
  GIT_COMMITTER_NAME: "prezero",
  GIT_COMMITTER_EMAIL: "prezero@localhost",
};

/** Settings that make git's answer depend on the repository alone: nothing of the user's or the machine's applies. */
const SETTINGS = ["core.autocrlf=false", "core.quotePath=false", "gc.auto=0", "advice.detachedHead=false"].flatMap(
  (setting) => ["-c", setting],
);

export type GitOptions = Pick<ShellOptions, "env" | "input" | "okExitCodes" | "code" | "remedy" | "interruptWith">;

/**
 * Runs git in a repository or worktree, without the user's own configuration and without the GIT_* variables that a
 * calling hook may have set.
 * @throws InfrastructureError GIT_FAILED with git's output
 */
export async function git($: Shell, at: string, args: string[], options: GitOptions = {}): Promise<Finished> {
  const inherited = Object.keys(process.env).filter((name) => name.startsWith("GIT_"));
  return $({
    code: "GIT_FAILED",
    remedy: "Read git's message above; the command can be run by hand.",
    // Time to take its own locks and half worktrees away.
    interruptWith: "SIGTERM",
    ...options,
    env: {
      ...Object.fromEntries(inherited.map((name) => [name, undefined])),
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      // Looking must not take a lock that an interrupt could leave in somebody's worktree.
      GIT_OPTIONAL_LOCKS: "0",
      LC_ALL: "C.UTF-8",
      TZ: "UTC",
      ...BOOKKEEPER,
      ...options.env,
    },
  })`git -C ${at} ${SETTINGS} ${args}`;
}

/** The trimmed output of {@link git}. */
export async function gitText($: Shell, at: string, args: string[], options: GitOptions = {}): Promise<string> {
  return (await git($, at, args, options)).stdout.trim();
}

/** {@link gitText} as lines; no output is no line. */
export async function gitLines($: Shell, at: string, args: string[], options: GitOptions = {}): Promise<string[]> {
  return (await gitText($, at, args, options)).split("\n").filter((line) => line !== "");
}

/** The command that {@link git} runs, for a dry run. */
export function gitCommand(at: string, args: string[]): string {
  return shellQuote(["git", "-C", at, ...SETTINGS, ...args]);
}

/**
 * Works in an index of its own that begins as a commit's tree: the repository needs no worktree, and nothing of its is
 * changed but that objects are added.
 * @param work gets the environment for git, and a directory for other files; both are gone afterwards
 */
export async function withIndex<T>(
  $: Shell,
  repository: string,
  commit: string,
  work: (env: NodeJS.ProcessEnv, scratch: string) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), "prezero-index-"));
  try {
    const env = { GIT_INDEX_FILE: join(scratch, "index") };
    await git($, repository, ["read-tree", commit], { env });
    return await work(env, scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

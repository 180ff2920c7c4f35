import { existsSync } from "node:fs";
import { appendFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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

/** Subcommands that only read, and those that add nothing but objects and files whose place is told. */
const READS =
  /^(cat-file|diff-tree|grep|interpret-trailers|log|ls-files|ls-tree|merge-base|range-diff|rev-list|rev-parse|show|status)$/;
const ADDS_OBJECTS = /^(archive|commit-tree|format-patch|mailinfo)$/;
/** What stands for an id in a dry run that cannot make it. */
const STAND_INS: Readonly<Record<string, string>> = {
  "write-tree": "TREE",
  "commit-tree": "COMMIT",
  "rev-parse": "COMMIT",
};

export type GitOptions = Pick<
  ShellOptions,
  "env" | "input" | "okExitCodes" | "code" | "remedy" | "interruptWith" | "standIn"
>;

/**
 * Runs git in a repository or worktree, without the user's own configuration and without the GIT_* variables that a
 * calling hook may have set.
 * @throws InfrastructureError GIT_FAILED with git's output
 */
export async function git($: Shell, at: string, args: string[], options: GitOptions = {}): Promise<Finished> {
  const inherited = Object.keys(process.env).filter((name) => name.startsWith("GIT_"));
  const subcommand = args.find((arg, index) => !arg.startsWith("-") && args[index - 1] !== "-c") ?? "";
  const objects = await dryObjects($, at);
  const reads = READS.test(subcommand) || args.includes("--get");
  const addsObjects = ADDS_OBJECTS.test(subcommand) || options.env?.GIT_INDEX_FILE !== undefined;
  const standIn = options.standIn ?? STAND_INS[subcommand] ?? "";
  const shell = $({
    code: "GIT_FAILED",
    remedy: "Read git's message above; the command can be run by hand.",
    // Time to take its own locks and half worktrees away.
    interruptWith: "SIGTERM",
    ...options,
    standIn,
    ...(objects && (reads || addsObjects) ? { temporaryEnv: { GIT_OBJECT_DIRECTORY: objects } } : {}),
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
  });
  // What a dry run has not made cannot be asked.
  if (reads && $.dry && objects === undefined) return { stdout: standIn, stderr: "", exitCode: 0 };
  return (reads ? shell.ask : shell)`git -C ${at} ${SETTINGS} ${args}`;
}

/**
 * In a dry run, where objects of a repository are added and found instead: commits get their ids, and patches that do
 * not apply are told, while the repository stays as it is. Undefined in a real run, and for a repository that is not
 * there.
 */
async function dryObjects($: Shell, at: string): Promise<string | undefined> {
  if ($.scratch === undefined || !existsSync(at)) return undefined;
  const objects = join($.scratch, "objects");
  await mkdir(join(objects, "info"), { recursive: true });
  const found = await $({ okExitCodes: [0, 128] }).ask`git -C ${at} rev-parse --git-path objects`;
  if (found.exitCode !== 0) return undefined;
  const alternates = join(objects, "info/alternates");
  const before = await readFile(alternates, "utf8").catch(() => "");
  const own = `${resolve(at, found.stdout)}\n`;
  if (!before.includes(own)) await appendFile(alternates, own);
  return objects;
}

/** The trimmed output of {@link git}. */
export async function gitText($: Shell, at: string, args: string[], options: GitOptions = {}): Promise<string> {
  return (await git($, at, args, options)).stdout.trim();
}

/** {@link gitText} as lines; no output is no line. */
export async function gitLines($: Shell, at: string, args: string[], options: GitOptions = {}): Promise<string[]> {
  return (await gitText($, at, args, options)).split("\n").filter((line) => line !== "");
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

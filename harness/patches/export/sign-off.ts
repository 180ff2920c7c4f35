import { readFile } from "node:fs/promises";
import { z } from "zod";
import { UsageError } from "../../base/errors.ts";
import { projectPath } from "../../base/paths.ts";
import type { Shell } from "../../base/shell.ts";
import type { PatchFile } from "../../series/patch-file.ts";
import type { BaseRepository } from "../base-repository.ts";
import { changelogOf } from "../changelog.ts";
import { commitOnBase } from "../commit-series.ts";
import { git, gitText } from "../git.ts";

/** Who signs off, as git writes it: `Name <address>`. */
export type Identity = string;

/**
 * The caller's own identity, from git's configuration and GIT_COMMITTER_*; nothing that git would make up from the name
 * of the machine.
 * @throws UsageError IDENTITY_MISSING
 */
export async function callerIdentity($: Shell): Promise<Identity> {
  const answer = await $({
    okExitCodes: [0, 1, 128],
  }).ask`git -c user.useConfigOnly=true var GIT_COMMITTER_IDENT`;
  const identity = /^(.+ <.+@.+>) \d+ [-+]\d{4}$/.exec(answer.stdout.trim())?.[1];
  if (answer.exitCode === 0 && identity !== undefined) return identity;
  throw new UsageError({
    code: "IDENTITY_MISSING",
    message: "Git does not know who you are, and an exported patch carries your sign-off.",
    remedy: 'git config --global user.name "Your Name" and git config --global user.email you@example.org',
  });
}

/** Whose name patches carry that nobody has signed yet: the author of package.json. */
export async function projectIdentity(): Promise<Identity> {
  const text = await readFile(projectPath("package.json"), "utf8");
  return z.object({ author: z.string() }).parse(JSON.parse(text)).author;
}

/**
 * The series as commits that carry the caller's sign-off as their last trailer. What the project wrote goes out under the
 * caller's name, because the first to sign a patch is its author; anybody else stays the author.
 * @param project see {@link projectIdentity}
 * @returns ids of the commits, in order
 * @throws UsageError PATCH_DOES_NOT_APPLY
 */
export async function signedCommits(
  $: Shell,
  base: BaseRepository,
  patches: PatchFile[],
  who: Identity,
  project: Identity,
): Promise<string[]> {
  const signed: string[] = [];
  for (const commit of await commitOnBase($, base, patches)) {
    const { message, env } = await changelogOf($, base.gitDir, commit);
    const isProjects = `${env.GIT_AUTHOR_NAME} <${env.GIT_AUTHOR_EMAIL}>` === project;
    const trailer = ["interpret-trailers", "--if-exists=addIfDifferent", "--trailer", `Signed-off-by: ${who}`];
    const input = (await git($, base.gitDir, trailer, { input: message })).stdout;
    const args = ["commit-tree", `${commit}^{tree}`, "-p", signed.at(-1) ?? base.root];
    const by = isProjects ? { ...env, ...asGitEnv("AUTHOR", who) } : env;
    signed.push(await gitText($, base.gitDir, args, { env: by, input }));
  }
  return signed;
}

/** Who authors or commits, for git's environment. */
export function asGitEnv(role: "AUTHOR" | "COMMITTER", who: Identity): NodeJS.ProcessEnv {
  const [, name = "", email = ""] = /^(.*) <(.*)>$/.exec(who) ?? [];
  return { [`GIT_${role}_NAME`]: name, [`GIT_${role}_EMAIL`]: email };
}

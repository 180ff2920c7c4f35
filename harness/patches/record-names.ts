import type { Shell } from "../base/shell.ts";
import { NAMES_REF } from "./base-repository.ts";
import { git } from "./git.ts";

/**
 * Keeps the name of each commit's patch file beside the commit, in a git note that follows it through --amend and
 * rebase, so that a new subject does not make a new file.
 */
export async function recordNames($: Shell, repository: string, commits: string[], names: string[]): Promise<void> {
  const follows = await git($, repository, ["config", "--get", "notes.rewriteRef"], { okExitCodes: [0, 1] });
  if (follows.exitCode === 1) await git($, repository, ["config", "notes.rewriteRef", NAMES_REF]);
  for (const [index, commit] of commits.entries()) {
    const args = ["notes", `--ref=${NAMES_REF}`, "add", "--force", "--message", names[index] ?? "", commit];
    await git($, repository, args);
  }
}

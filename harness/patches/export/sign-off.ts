import type { Shell } from "../../base/shell.ts";
import type { PatchFile } from "../../series/patch-file.ts";
import type { BaseRepository } from "../base-repository.ts";
import { changelogOf } from "../changelog.ts";
import { commitOnBase } from "../commit-series.ts";
import { git, gitText } from "../git.ts";
import type { Identity } from "./identity.ts";

/**
 * The series as commits that carry the caller's sign-off as their last trailer; the author stays who it was.
 * @returns ids of the commits, in order
 * @throws UsageError PATCH_DOES_NOT_APPLY
 */
export async function signedCommits(
  $: Shell,
  base: BaseRepository,
  patches: PatchFile[],
  who: Identity,
): Promise<string[]> {
  const signed: string[] = [];
  for (const commit of await commitOnBase($, base, patches)) {
    const { message, env } = await changelogOf($, base.gitDir, commit);
    const trailer = ["interpret-trailers", "--if-exists=addIfDifferent", "--trailer", `Signed-off-by: ${who}`];
    const input = (await git($, base.gitDir, trailer, { input: message })).stdout;
    const args = ["commit-tree", `${commit}^{tree}`, "-p", signed.at(-1) ?? base.root];
    signed.push(await gitText($, base.gitDir, args, { env, input }));
  }
  return signed;
}

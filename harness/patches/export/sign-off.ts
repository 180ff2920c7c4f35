import type { BaseRepository } from "../base-repository.ts";
import { commitSeries } from "../commit-series.ts";
import { git, gitText } from "../git.ts";
import type { PatchFile } from "../patch-file.ts";
import type { Identity } from "./identity.ts";

/**
 * The series as commits that carry the caller's sign-off as their last trailer; the author stays who it was.
 * @returns ids of the commits, in order
 * @throws UsageError PATCH_DOES_NOT_APPLY
 */
export async function signedCommits(base: BaseRepository, patches: PatchFile[], who: Identity): Promise<string[]> {
  const plain = await commitSeries(base.gitDir, base.root, patches, `${base.packageName} ${base.version}`);
  const signed: string[] = [];
  for (const commit of plain) {
    const { stdout } = await git(base.gitDir, [
      "log",
      "-1",
      "--date=raw",
      "--format=%an%x00%ae%x00%ad%x00%T%x00%B",
      commit,
    ]);
    const [name = "", email = "", date = "", tree = "", message = ""] = stdout.split("\0");
    const trailer = ["interpret-trailers", "--if-exists=addIfDifferent", "--trailer", `Signed-off-by: ${who}`];
    const input = (await git(base.gitDir, trailer, { input: `${message.trimEnd()}\n` })).stdout;
    const env = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    signed.push(await gitText(base.gitDir, ["commit-tree", tree, "-p", signed.at(-1) ?? base.root], { env, input }));
  }
  return signed;
}

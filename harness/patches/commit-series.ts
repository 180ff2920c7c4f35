import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Shell } from "../base/shell.ts";
import { APPLY, applyFailureError, explainApplyFailure } from "../series/apply.ts";
import type { PatchFile } from "../series/patch-file.ts";
import type { BaseRepository } from "./base-repository.ts";
import { readMail } from "./changelog.ts";
import { git, gitText, withIndex } from "./git.ts";

/** In an index alone. */
export const APPLY_CACHED = [...APPLY, "--cached"];
/**
 * Turns patches into commits on top of `parent`, one each, as `git am` does it, but in the object database alone: no
 * worktree is needed, so that a patch that does not apply is known in a second and leaves nothing behind.
 * @param onto what `parent` is, for the error message
 * @returns the ids of the commits, in order
 * @throws UsageError PATCH_DOES_NOT_APPLY naming patch, file and hunk
 */
export async function commitSeries(
  $: Shell,
  repository: string,
  parent: string,
  patches: PatchFile[],
  onto: string,
): Promise<string[]> {
  return withIndex($, repository, parent, async (index, scratch) => {
    const commits: string[] = [];
    for (const patch of patches) {
      if (!existsSync(repository)) $.endDryRun("the patches become commits of the base's source, which is not here");
      const { message, env } = await readMail($, repository, patch, scratch);
      const applied = await git($, repository, [...APPLY_CACHED, join(scratch, "diff")], {
        env: index,
        okExitCodes: [0, 1, 128],
      });
      if (applied.exitCode !== 0) throw applyFailureError(explainApplyFailure(patch, applied.stderr), onto);
      const tree = await gitText($, repository, ["write-tree"], { env: index });
      const args = ["commit-tree", tree, "-p", commits.at(-1) ?? parent];
      commits.push(await gitText($, repository, args, { env, input: message }));
    }
    return commits;
  });
}

/**
 * {@link commitSeries} on the pristine source of a base.
 * @throws UsageError PATCH_DOES_NOT_APPLY naming patch, file and hunk
 */
export async function commitOnBase($: Shell, base: BaseRepository, patches: PatchFile[]): Promise<string[]> {
  return commitSeries($, base.gitDir, base.root, patches, `${base.packageName} ${base.version}`);
}

import { dirname, join } from "node:path";
import type { Shell } from "../base/shell.ts";
import { applyFailureError, applyToTree, explainApplyFailure } from "../series/apply.ts";
import type { Series } from "../series/series.ts";

/** The build directory lies inside the source tree, so that the compiler sees the same relative paths in every tree. */
export const BUILD_DIR = "build";

/**
 * Makes a tree to build in: a hard-linked copy of the pristine source with patches on top.
 * @param target is removed first; on the same file system as the source
 * @param onto what the source is called in an error, for example `linux-source-6.12 6.12.117-1~deb12u1`
 * @throws UsageError PATCH_DOES_NOT_APPLY names patch, file and hunk
 */
export async function makeTree(
  $: Shell,
  source: string,
  patches: Series["patches"],
  target: string,
  onto: string,
): Promise<void> {
  await $.files.remove(target);
  await $.files.makeDirectory(dirname(target));
  await $`cp --archive --link ${source} ${target}`;
  $.files.madeLike(target, source);
  await applyPatches($, patches, target, onto);
  await $.files.makeDirectory(join(target, BUILD_DIR));
}

/**
 * Applies patches to a tree, in their order.
 * @throws UsageError PATCH_DOES_NOT_APPLY names patch, file and hunk
 */
export async function applyPatches($: Shell, patches: Series["patches"], target: string, onto: string): Promise<void> {
  for (const patch of patches) {
    const { exitCode, stderr } = await applyToTree($, target, patch.path);
    if (exitCode !== 0) throw applyFailureError(explainApplyFailure(patch, stderr), onto);
  }
}

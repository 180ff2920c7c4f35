import { join } from "node:path";
import { withLock } from "../base/lock.ts";
import { cacheDir } from "../base/paths.ts";
import type { Shell } from "../base/shell.ts";
import { BUILD_LOG } from "./compile.ts";
import { contentKey, type Ingredients } from "./content-key.ts";
import { RECIPES, SERIES_FRAGMENT } from "./variant.ts";

/** In a tree whose kernel is built: that kernel's key. */
const BUILT = ".built";

/**
 * Leaves the tree of a pristine kernel as its build left it, for {@link takePristineTree}.
 * @param work the tree
 */
export async function leavePristineTree($: Shell, work: string, key: string): Promise<void> {
  await $.files.write(join(work, BUILT), key);
}

/**
 * Lets the second kernel of a pair go on where the first one ended: the kernel's own build system knows which files the
 * series and its option change, so nothing else is compiled, or even looked up in ccache. The image is the same as from a
 * tree of its own.
 * @param work becomes the built tree of the pristine kernel with the same source and configuration
 * @returns false when there is no such tree; `work` is untouched then
 */
export async function takePristineTree($: Shell, plan: Ingredients, baseName: string, work: string): Promise<boolean> {
  const variant = RECIPES[plan.variant].pristine;
  if (variant === undefined) return false;
  const fragments = plan.fragments.filter(({ name }) => name !== SERIES_FRAGMENT);
  const key = contentKey({ ...plan, variant, patches: [], fragments });
  const tree = cacheDir("work", `${baseName}-${variant}`);
  return withLock(
    $,
    `${tree}.lock`,
    () => {},
    async () => {
      const built = await $.files.readText(join(tree, BUILT)).catch(() => undefined);
      if (built !== key) return false;
      await $.files.remove(work);
      await $.files.move(tree, work);
      await $.files.remove(join(work, BUILD_LOG));
      return true;
    },
  );
}

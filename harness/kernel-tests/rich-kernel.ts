import type { Shell } from "../base/shell.ts";
import type { Base } from "../kernel/bases.ts";
import { ensureKernel } from "../kernel/build.ts";
import type { BuiltKernel } from "../kernel/built-kernel.ts";
import type { Variant } from "../kernel/variant.ts";

/**
 * What distributions have and the lean kernel has not. One set for life outside the happy path and for the kernel's own
 * tests, because a kernel takes ten minutes to build.
 */
const FRAGMENTS = ["life.config", "selftests-mm.config"];

/**
 * A kernel of the pair with what a distribution's kernel can do. The pristine one first makes the other quick: it is
 * built in the same tree.
 * @throws what {@link ensureKernel} throws
 */
export async function richKernel($: Shell, base: Base, variant: Variant): Promise<BuiltKernel> {
  const fragments = [...FRAGMENTS, ...(base.richFragments ?? [])];
  const pristine = await ensureKernel($, { base, variant: "base", fragments });
  return variant === "base" ? pristine : ensureKernel($, { base, variant, fragments });
}

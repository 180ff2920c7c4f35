import { resolve } from "node:path";
import { UsageError } from "../base/errors.ts";
import { projectDir } from "../base/paths.ts";
import { readSeries, type Series } from "../patches/series.ts";
import type { Base } from "./bases.ts";
import { type BuildVariant, RECIPES } from "./variant.ts";

/**
 * What a variant has on top of the pristine source, in order; empty when it is the pristine source.
 * @throws UsageError LIMIT_UNAVAILABLE for a base without a limit kernel, and what {@link readSeries} throws
 */
export async function patchesOf(base: Base, variant: BuildVariant): Promise<Series["patches"]> {
  const dir = RECIPES[variant].patches(base);
  if (dir !== undefined) return (await readSeries(resolve(projectDir, dir))).patches;
  if (variant !== "limit") return [];
  throw new UsageError({
    code: "LIMIT_UNAVAILABLE",
    message: `There is no limit kernel for base ${base.name}.`,
    remedy: "Leave the arm `limit` out, or name a directory with its patch as limitPatches in configs/kernels.yaml.",
  });
}

import { resolve } from "node:path";
import { UsageError } from "../base/errors.ts";
import { projectDir } from "../base/paths.ts";
import { readSeries, type Series } from "../series/series.ts";
import type { Base } from "./bases.ts";
import { type BuildVariant, RECIPES } from "./variant.ts";

/**
 * What a variant has on top of the pristine source, in order; empty when it is the pristine source.
 * @throws UsageError LIMIT_UNAVAILABLE or NATIVE_UNAVAILABLE for a base without such a kernel, and what
 *   {@link readSeries} throws
 */
export async function patchesOf(base: Base, variant: BuildVariant): Promise<Series["patches"]> {
  const all: Series["patches"] = [];
  for (const dir of RECIPES[variant].patches(base)) {
    if (dir === undefined) throw unavailable(base, variant);
    all.push(...(await readSeries(resolve(projectDir, dir))).patches);
  }
  return all;
}

function unavailable(base: Base, variant: BuildVariant): UsageError {
  const use = variant === "limit" ? "Leave the arm `limit` out" : "Choose another base";
  return new UsageError({
    code: `${variant.toUpperCase()}_UNAVAILABLE`,
    message: `There is no ${variant} kernel for base ${base.name}.`,
    remedy: `${use}, or name a directory with its patch as ${variant}Patches in configs/kernels.yaml.`,
  });
}

import { createHash } from "node:crypto";
import type { Series } from "../series/series.ts";
import type { Fragment } from "./fragment.ts";
import type { KernelSource } from "./source.ts";
import type { Toolchain } from "./toolchain.ts";
import type { BuildVariant } from "./variant.ts";

/** Raise it when the way of building changes in a manner that the other ingredients do not show. */
const RECIPE = 1;
const KEY_DIGITS = 16;

/** Everything that decides what a built kernel is. */
export type Ingredients = {
  source: KernelSource;
  variant: BuildVariant;
  patches: Series["patches"];
  fragments: Fragment[];
  toolchain: Toolchain;
};

/** Names a kernel by what goes into it: the same key is the same kernel, any change is another key. */
export function contentKey(from: Ingredients): string {
  const parts = {
    recipe: RECIPE,
    package: from.source.packageName,
    version: from.source.version,
    variant: from.variant,
    patches: from.patches.map((patch) => sha256(patch.text)),
    fragments: from.fragments.map((fragment) => sha256(fragment.text)),
    compiler: from.toolchain.compiler,
  };
  return sha256(JSON.stringify(parts)).slice(0, KEY_DIGITS);
}

export function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

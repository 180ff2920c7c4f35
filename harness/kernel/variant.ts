import { resolve } from "node:path";
import { UsageError } from "../base/errors.ts";
import { projectDir } from "../base/paths.ts";
import { readSeries, type Series } from "../series/series.ts";
import type { Base } from "./bases.ts";

/** The two kernels of a pair: the pristine base, and the base with the series. */
export const VARIANTS = ["base", "prezero"] as const;
export type Variant = (typeof VARIANTS)[number];

/**
 * Everything that can be built: the pair, the kernel that never clears, which only the
 * arm `limit` of bench asks for, the series with its KUnit suite on user-mode Linux, the pair there, and the series there
 * with the suite that takes times.
 */
export const BUILD_VARIANTS = [...VARIANTS, "limit", "kunit", "kunit-base", "kunit-prezero", "native"] as const;
export type BuildVariant = (typeof BUILD_VARIANTS)[number];

/** What makes a variant. */
export type Recipe = {
  arch: "x86_64" | "um";
  /** Directories of what goes on top of the pristine source, relative to the project; undefined for one that the base lacks. */
  patches(base: Base): (string | undefined)[];
  /** The kernel without those patches, for those that have one. */
  pristine?: BuildVariant;
  /** Names of the fragments in configs/kconfig, in the order in which they count. */
  fragments(base: Base): string[];
  /** What make is asked for, and the file in the build directory that boots. */
  target: string;
  image: string;
  /** Files that its first build compiles, measured on 6.12: what progress counts against. */
  usualSteps: number;
};

/** What distinguishes the configurations of a pair. */
export const SERIES_FRAGMENT = "prezero.config";

const PC = { arch: "x86_64", target: "bzImage", image: "arch/x86/boot/bzImage", usualSteps: 1_200 } as const;
const PROGRAM = { arch: "um", target: "linux", image: "linux", usualSteps: 450 } as const;

const nothing = () => [];
const series = (base: Base) => [base.patches];
const program =
  (...fragments: string[]) =>
  (base: Base) => [...fragments, ...(base.umlFragments ?? [])];

export const RECIPES: Readonly<Record<BuildVariant, Recipe>> = {
  base: { ...PC, patches: nothing, fragments: (base) => base.fragments },
  prezero: { ...PC, patches: series, pristine: "base", fragments: (base) => [...base.fragments, SERIES_FRAGMENT] },
  limit: { ...PC, patches: (base) => [base.limitPatches], pristine: "base", fragments: (base) => base.fragments },
  kunit: { ...PROGRAM, patches: series, fragments: program("kunit.config") },
  "kunit-base": { ...PROGRAM, patches: nothing, fragments: program("kunit-public.config") },
  "kunit-prezero": {
    ...PROGRAM,
    patches: series,
    pristine: "kunit-base",
    fragments: program("kunit-public.config", SERIES_FRAGMENT),
  },
  native: {
    ...PROGRAM,
    patches: (base) => [base.patches, base.nativePatches],
    fragments: program("native-bench.config"),
  },
};

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

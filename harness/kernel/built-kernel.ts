import { basename, join } from "node:path";
import { z } from "zod";
import { cacheDir } from "../base/paths.ts";
import type { Shell } from "../base/shell.ts";
import { BUILD_VARIANTS, RECIPES } from "./variant.ts";

const record = z.object({
  base: z.string(),
  variant: z.enum(BUILD_VARIANTS),
  packageName: z.string(),
  version: z.string(),
  pinned: z.boolean(),
  patches: z.array(z.string()),
  fragments: z.array(z.string()),
  compiler: z.string(),
  release: z.string(),
  imageSha256: z.string(),
  configSha256: z.string(),
  /** Files that were compiled; what the next build's progress counts against. */
  steps: z.number().int().nonnegative(),
  /** It was built in the tree of its pristine kernel, where most files were compiled already. */
  afterPristine: z.boolean().default(false),
  buildSeconds: z.number().nonnegative(),
});

/** What is kept beside a kernel in the cache: where it comes from and what it is. */
export type KernelRecord = z.infer<typeof record>;

/** A kernel that is built and in the cache. */
export type BuiltKernel = KernelRecord & {
  dir: string;
  imagePath: string;
  vmlinuxPath: string;
  configPath: string;
  /** True when it was there already. */
  cached: boolean;
};

const RECORD = "kernel.json";

/** Reads a kernel of the cache; undefined when it is not there, or left by a harness that kept other records. */
export async function readBuiltKernel($: Shell, dir: string): Promise<BuiltKernel | undefined> {
  try {
    return describe(dir, record.parse(JSON.parse(await $.files.readText(join(dir, RECORD)))), true);
  } catch {
    return undefined;
  }
}

/** The record as the text of its file, and where that file is. */
export function recordFile(dir: string, kernel: KernelRecord): [path: string, text: string] {
  return [join(dir, RECORD), `${JSON.stringify(kernel, null, 2)}\n`];
}

export function describe(dir: string, kernel: KernelRecord, cached: boolean): BuiltKernel {
  return {
    ...kernel,
    dir,
    imagePath: join(dir, basename(RECIPES[kernel.variant].image)),
    vmlinuxPath: join(dir, "vmlinux"),
    configPath: join(dir, "config"),
    cached,
  };
}

/**
 * Files that a build is likely to compile: as many as the last one like it.
 * @returns undefined when nobody knows, because no kernel was built in a pristine tree yet
 */
export async function expectedSteps(
  $: Shell,
  wanted: Pick<KernelRecord, "base" | "variant" | "fragments" | "afterPristine">,
): Promise<number | undefined> {
  const names = await $.files.list(cacheDir("kernels")).catch(() => []);
  const kernels = await Promise.all(names.map((name) => readBuiltKernel($, cacheDir("kernels", name))));
  const alike = kernels.filter(
    (kernel) =>
      kernel?.base === wanted.base &&
      kernel.fragments[0] === wanted.fragments[0] &&
      kernel.afterPristine === wanted.afterPristine,
  );
  const same = alike.find((kernel) => kernel?.fragments.join() === wanted.fragments.join());
  return (same ?? alike[0])?.steps ?? (wanted.afterPristine ? undefined : RECIPES[wanted.variant].usualSteps);
}

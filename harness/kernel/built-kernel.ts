import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { cacheDir } from "../base/paths.ts";
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
  steps: z.number().int().positive(),
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
export async function readBuiltKernel(dir: string): Promise<BuiltKernel | undefined> {
  try {
    return describe(dir, record.parse(JSON.parse(await readFile(join(dir, RECORD), "utf8"))), true);
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

/** Steps of a build of that base with the same first fragments, as the cache has it; undefined when it has none. */
export async function stepsOfLastBuild(base: string, fragments: string[]): Promise<number | undefined> {
  const names = await readdir(cacheDir("kernels")).catch(() => []);
  const kernels = await Promise.all(names.map((name) => readBuiltKernel(cacheDir("kernels", name))));
  const alike = kernels.filter((kernel) => kernel?.base === base && kernel.fragments[0] === fragments[0]);
  const same = alike.find((kernel) => kernel?.fragments.join() === fragments.join());
  return (same ?? alike[0])?.steps;
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { cacheDir } from "../base/paths.ts";

const record = z.object({
  base: z.string(),
  variant: z.string(),
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

/** Reads a kernel of the cache; undefined when it is not there. */
export async function readBuiltKernel(dir: string): Promise<BuiltKernel | undefined> {
  const text = await readFile(join(dir, RECORD), "utf8").catch(() => undefined);
  return text === undefined ? undefined : describe(dir, record.parse(JSON.parse(text)), true);
}

/** The record as the text of its file, and where that file is. */
export function recordFile(dir: string, kernel: KernelRecord): [path: string, text: string] {
  return [join(dir, RECORD), `${JSON.stringify(kernel, null, 2)}\n`];
}

export function describe(dir: string, kernel: KernelRecord, cached: boolean): BuiltKernel {
  return {
    ...kernel,
    dir,
    imagePath: join(dir, "bzImage"),
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

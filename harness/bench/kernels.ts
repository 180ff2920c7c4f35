import { createHash } from "node:crypto";
import type { Base } from "../kernel/bases.ts";
import { ensureKernel } from "../kernel/build.ts";
import type { BuiltKernel } from "../kernel/built-kernel.ts";
import type { BuildVariant } from "../kernel/variant.ts";
import { patchesOf } from "../kernel/variant-patches.ts";
import { arms } from "./arms.ts";
import type { KernelRecord } from "./run-record.ts";
import type { ArmName } from "./sample.ts";

/** Kernels of a run, one for each arm; arms of the same variant share one. */
export type ArmKernels = Partial<Record<ArmName, BuiltKernel>>;

/** Builds the kernels that the arms boot, or finds them in the cache. @throws what ensureKernel throws */
export async function ensureArmKernels(base: Base, names: readonly ArmName[]): Promise<ArmKernels> {
  const kernels: ArmKernels = {};
  for (const name of names) {
    const { variant } = arms[name];
    const same = names.find((other) => arms[other].variant === variant && kernels[other] !== undefined);
    kernels[name] = (same && kernels[same]) ?? (await ensureKernel({ base, variant }));
  }
  return kernels;
}

/** The kernels as run.json keeps them. */
export async function recordArmKernels(
  base: Base,
  kernels: ArmKernels,
): Promise<Partial<Record<ArmName, KernelRecord>>> {
  const records = Object.entries(kernels).map(async ([name, kernel]): Promise<[string, KernelRecord]> => {
    const { variant } = arms[name as ArmName];
    const { release, imageSha256, configSha256, compiler } = kernel;
    const source = { package: kernel.packageName, version: kernel.version };
    const patchesSha256 = await hashPatches(base, variant);
    return [name, { variant, release, imageSha256, configSha256, source, compiler, patchesSha256 }];
  });
  return Object.fromEntries(await Promise.all(records));
}

async function hashPatches(base: Base, variant: BuildVariant): Promise<string | null> {
  const patches = await patchesOf(base, variant);
  if (patches.length === 0) return null;
  const hash = createHash("sha256");
  for (const patch of patches) hash.update(patch.text);
  return hash.digest("hex");
}

import { createHash } from "node:crypto";
import type { Base } from "../kernel/bases.ts";
import { ensureKernel } from "../kernel/build.ts";
import type { BuiltKernel } from "../kernel/built-kernel.ts";
import type { BuildVariant } from "../kernel/variant.ts";
import { patchesOf } from "../kernel/variant-patches.ts";
import { arms } from "./arms.ts";
import type { KernelRecord, Settings } from "./run-record.ts";
import type { ArmName, KernelVariant } from "./sample.ts";

/** Kernels of a run, one for each arm; arms of the same variant share one. */
export type ArmKernels = Partial<Record<ArmName, BuiltKernel>>;

/**
 * Builds the kernels that the arms boot, or finds them in the cache.
 * @param fragments of configuration beside the base's own
 * @throws what ensureKernel throws
 */
export async function ensureArmKernels(
  base: Base,
  names: readonly ArmName[],
  fragments: string[],
): Promise<ArmKernels> {
  const kernels: ArmKernels = {};
  for (const name of names) {
    const { variant } = arms[name];
    const same = names.find((other) => arms[other].variant === variant && kernels[other] !== undefined);
    kernels[name] = (same && kernels[same]) ?? (await ensureKernel({ base, variant, fragments }));
  }
  return kernels;
}

/**
 * The kernel of guests that are to boot, the same in every arm: the plain one.
 * @returns null when no guest is
 */
export async function ensureGuestKernel(base: Base, { conditions }: Settings): Promise<BuiltKernel | null> {
  return conditions.until === "user-space" ? await ensureKernel({ base, variant: "base" }) : null;
}

/** The kernels as run.json keeps them. */
export async function recordArmKernels(
  base: Base,
  kernels: ArmKernels,
): Promise<Partial<Record<ArmName, KernelRecord>>> {
  const records = Object.entries(kernels).map(async ([name, kernel]): Promise<[string, KernelRecord]> => {
    return [name, await recordKernel(base, kernel, arms[name as ArmName].variant)];
  });
  return Object.fromEntries(await Promise.all(records));
}

/** One kernel as run.json keeps it. */
export async function recordKernel(base: Base, kernel: BuiltKernel, variant: KernelVariant): Promise<KernelRecord> {
  const { release, imageSha256, configSha256, compiler } = kernel;
  const source = { package: kernel.packageName, version: kernel.version };
  const patchesSha256 = await hashPatches(base, variant);
  return { variant, release, imageSha256, configSha256, source, compiler, patchesSha256 };
}

async function hashPatches(base: Base, variant: BuildVariant): Promise<string | null> {
  const patches = await patchesOf(base, variant);
  if (patches.length === 0) return null;
  const hash = createHash("sha256");
  for (const patch of patches) hash.update(patch.text);
  return hash.digest("hex");
}

import type { Shell } from "../base/shell.ts";
import { type Base, findBase } from "../kernel/bases.ts";
import { ensureKernel } from "../kernel/build.ts";
import type { BuiltKernel } from "../kernel/built-kernel.ts";
import { patchesOf } from "../kernel/variant.ts";
import { type ArmName, kernelsOf } from "../run/arm-name.ts";
import type { KernelRecord, Settings } from "../run/record.ts";
import type { KernelVariant } from "../run/sample.ts";
import { seriesSha256 } from "../series/series.ts";
import { armOf } from "./arms.ts";

/** Kernels of a run, one for each arm; arms of the same line and variant share one. */
export type ArmKernels = Record<ArmName, BuiltKernel>;

/** The lines that the arms are of. */
export type Bases = {
  /** Of the arms that name none, and of guests that boot. */
  own: Base;
  /** Of each arm. */
  of: (name: ArmName) => Base;
};

/**
 * Looks up the lines of a run.
 * @throws UsageError KERNEL_UNKNOWN
 */
export async function findBases({ kernel, arms }: Pick<Settings, "kernel" | "arms">): Promise<Bases> {
  const named = new Set([kernel, ...kernelsOf(arms, kernel)]);
  const found = new Map(await Promise.all([...named].map(async (name) => [name, await findBase(name)] as const)));
  const baseOf = (name: string) => found.get(name) as Base;
  return { own: baseOf(kernel), of: (arm) => baseOf(armOf(arm).kernel ?? kernel) };
}

/**
 * Builds the kernels that the arms boot, or finds them in the cache.
 * @param fragments of configuration beside the base's own
 * @throws what ensureKernel throws
 */
export async function ensureArmKernels(
  $: Shell,
  bases: Bases,
  names: readonly ArmName[],
  fragments: string[],
): Promise<ArmKernels> {
  const built = new Map<string, BuiltKernel>();
  const kernels: ArmKernels = {};
  for (const name of names) {
    const [base, { variant }] = [bases.of(name), armOf(name)];
    const key = `${base.name} ${variant}`;
    const kernel = built.get(key) ?? (await ensureKernel($, { base, variant, fragments }));
    built.set(key, kernel);
    kernels[name] = kernel;
  }
  return kernels;
}

/**
 * The kernel of guests that are to boot, the same in every arm: the plain one of the run's own line.
 * @returns null when no guest is
 */
export async function ensureGuestKernel(
  $: Shell,
  { own }: Bases,
  { conditions }: Settings,
): Promise<BuiltKernel | null> {
  return conditions.until === "user-space" ? await ensureKernel($, { base: own, variant: "base" }) : null;
}

/** The kernels as run.json keeps them. */
export async function recordArmKernels(bases: Bases, kernels: ArmKernels): Promise<Record<ArmName, KernelRecord>> {
  const records = Object.entries(kernels).map(async ([name, kernel]): Promise<[string, KernelRecord]> => {
    return [name, await recordKernel(bases.of(name), kernel, armOf(name).variant)];
  });
  return Object.fromEntries(await Promise.all(records));
}

/** One kernel as run.json keeps it. */
export async function recordKernel(base: Base, kernel: BuiltKernel, variant: KernelVariant): Promise<KernelRecord> {
  const { release, imageSha256, configSha256, compiler } = kernel;
  const source = { package: kernel.packageName, version: kernel.version };
  const patches = await patchesOf(base, variant);
  const patchesSha256 = patches.length === 0 ? null : seriesSha256(patches);
  return { variant, release, imageSha256, configSha256, source, compiler, patchesSha256 };
}

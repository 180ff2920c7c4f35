import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { namingDiskFaults } from "../base/disk-fault.ts";
import { withLock } from "../base/lock.ts";
import { cacheDir, cachePlace } from "../base/paths.ts";
import type { Base } from "./bases.ts";
import {
  type BuiltKernel,
  describe,
  type KernelRecord,
  readBuiltKernel,
  recordFile,
  stepsOfLastBuild,
} from "./built-kernel.ts";
import { ccacheForPair } from "./ccache.ts";
import { compile, makeCommand } from "./compile.ts";
import { configureTree } from "./config.ts";
import { contentKey, type Ingredients, sha256 } from "./content-key.ts";
import { fragmentsOf } from "./fragment.ts";
import { leavePristineTree, takePristineTree } from "./pristine-tree.ts";
import { type BuildReport, TerminalReport } from "./report.ts";
import { fetchSource } from "./source.ts";
import { findToolchain, makeEnvironment } from "./toolchain.ts";
import { applyPatches, BUILD_DIR, makeTree } from "./tree.ts";
import { type BuildVariant, RECIPES } from "./variant.ts";
import { patchesOf } from "./variant-patches.ts";

export type KernelRequest = {
  base: Base;
  variant: BuildVariant;
  /** Fragments on top of the base's own: names in configs/kconfig, or paths. */
  fragments?: string[];
  report?: BuildReport;
};

/** A kernel that is asked for: what goes into it, and where in the cache it is or will be. */
export type PlannedKernel = Ingredients & { base: Base; key: string; dir: string };

/**
 * Fetches the source and reads everything that decides what the kernel is; builds nothing.
 * @throws UsageError for a broken series, an unknown fragment or a base without such a variant, and what {@link fetchSource} throws
 */
export async function planKernel(request: KernelRequest): Promise<PlannedKernel> {
  const { base, variant } = request;
  const report = request.report ?? new TerminalReport(`kernel ${base.name} ${variant}`);
  const fragments = await fragmentsOf(base, variant, request.fragments);
  const patches = await patchesOf(base, variant);
  const toolchain = await findToolchain();
  const source = await namingDiskFaults(cachePlace(), () => fetchSource(base, (line) => report.log(line)));
  const ingredients = { source, variant, patches, fragments, toolchain };
  const key = contentKey(ingredients);
  return { ...ingredients, base, key, dir: cacheDir("kernels", `${base.name}-${variant}-${key}`) };
}

/**
 * Builds a kernel, or finds it in the cache. Two runs at once do not collide: the second waits and takes what the first
 * has built. A killed or failed build leaves no half kernel, and its tree is taken up again when nothing has changed.
 * @throws UsageError PATCH_DOES_NOT_APPLY, CONFIG_NOT_HONOURED; InfrastructureError KERNEL_BUILD_FAILED, DISK_FULL
 */
export async function ensureKernel(request: KernelRequest): Promise<BuiltKernel> {
  const report = request.report ?? new TerminalReport(`kernel ${request.base.name} ${request.variant}`);
  const plan = await planKernel({ ...request, report });
  const present = await readBuiltKernel(plan.dir);
  if (present) return present;
  const work = cacheDir("work", `${plan.base.name}-${plan.variant}`);
  const wait = () => report.log(`another run is building kernel ${plan.base.name} ${plan.variant}; waiting for it`);
  return namingDiskFaults(cachePlace(), () =>
    withLock(`${work}.lock`, wait, async () => (await readBuiltKernel(plan.dir)) ?? build(plan, work, report)),
  );
}

async function build(plan: PlannedKernel, work: string, report: BuildReport): Promise<BuiltKernel> {
  const startedMs = Date.now();
  const recipe = RECIPES[plan.variant];
  const fragments = plan.fragments.map((fragment) => fragment.name);
  const expected = (await stepsOfLastBuild(plan.base.name, fragments)) ?? recipe.usualSteps;
  report.progress(0, "making the source tree");
  await prepare(plan, work);
  const command = makeCommand(plan.toolchain, localVersion(plan), recipe.target);
  const config = await readFile(join(work, BUILD_DIR, ".config"), "utf8");
  const environment = { ...makeEnvironment(recipe.arch), ...(await ccacheForPair(work, config)) };
  const steps = await compile(work, command, environment, (count, file) => {
    // Never the whole: linking is still to come, and a build may have more files than the one before.
    report.progress(Math.min(count / expected, 0.99), file);
  });
  const built = join(work, BUILD_DIR);
  const image = await readFile(join(built, recipe.image));
  const record: KernelRecord = {
    base: plan.base.name,
    variant: plan.variant,
    packageName: plan.source.packageName,
    version: plan.source.version,
    pinned: plan.source.pinned,
    patches: plan.patches.map((patch) => patch.name),
    fragments,
    compiler: plan.toolchain.compiler,
    release: (await readFile(join(built, "include/config/kernel.release"), "utf8")).trim(),
    imageSha256: sha256(image),
    configSha256: sha256(config),
    steps,
    buildSeconds: Math.round((Date.now() - startedMs) / 1000),
  };
  await publish(plan.dir, built, record);
  if (plan.patches.length > 0) await rm(work, { recursive: true, force: true });
  else await leavePristineTree(work, plan.key);
  report.done(`built ${record.release}`);
  return describe(plan.dir, record, false);
}

/** Tree and configuration; taken up again when a build of the same key was stopped. */
async function prepare(plan: PlannedKernel, work: string): Promise<void> {
  const mark = join(work, ".key");
  if (existsSync(mark) && (await readFile(mark, "utf8")) === plan.key) return;
  const onto = `${plan.source.packageName} ${plan.source.version}`;
  if (await takePristineTree(plan, plan.base.name, work)) await applyPatches(plan.patches, work, onto);
  else await makeTree(plan.source.dir, plan.patches, work, onto);
  await configureTree(work, plan.fragments, RECIPES[plan.variant].arch);
  await writeFile(mark, plan.key);
}

/** Tells kernels apart in `uname -r` and in the boot log. */
function localVersion(plan: PlannedKernel): string {
  return `-${plan.variant}-${plan.key.slice(0, 8)}`;
}

/** The rename comes last, so a kernel in the cache is always whole. */
async function publish(dir: string, built: string, record: KernelRecord): Promise<void> {
  const half = `${dir}.half`;
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true });
  await copyFile(join(built, RECIPES[record.variant].image), join(half, basename(RECIPES[record.variant].image)));
  await copyFile(join(built, "vmlinux"), join(half, "vmlinux"));
  await copyFile(join(built, "System.map"), join(half, "System.map"));
  await copyFile(join(built, ".config"), join(half, "config"));
  await writeFile(...recordFile(half, record));
  await rm(dir, { recursive: true, force: true });
  await rename(half, dir);
}

import { basename, join } from "node:path";
import { namingDiskFaults } from "../base/disk-fault.ts";
import { withLock } from "../base/lock.ts";
import { cacheDir, cachePlace } from "../base/paths.ts";
import { Progress, type ProgressSink, SILENT } from "../base/progress.ts";
import type { Shell } from "../base/shell.ts";
import type { Base } from "./bases.ts";
import {
  type BuiltKernel,
  describe,
  expectedSteps,
  type KernelRecord,
  readBuiltKernel,
  recordFile,
} from "./built-kernel.ts";
import { ccacheForPair, compile, LINKING, makeCommand } from "./compile.ts";
import { configureTree } from "./config.ts";
import { contentKey, type Ingredients, sha256 } from "./content-key.ts";
import { fragmentsOf } from "./fragment.ts";
import { leavePristineTree, takePristineTree } from "./pristine-tree.ts";
import { fetchSource } from "./source.ts";
import { findToolchain, makeEnvironment } from "./toolchain.ts";
import { applyPatches, BUILD_DIR, makeTree } from "./tree.ts";
import { type BuildVariant, patchesOf, RECIPES } from "./variant.ts";

/** In the mark of a tree that was taken over from the pristine kernel. */
const PRISTINE = "pristine";

export type KernelRequest = {
  base: Base;
  variant: BuildVariant;
  /** Fragments on top of the base's own: names in configs/kconfig, or paths. */
  fragments?: string[];
  progress?: ProgressSink;
};

/** A kernel that is asked for: what goes into it, and where in the cache it is or will be. */
export type PlannedKernel = Ingredients & { base: Base; key: string; dir: string };

/**
 * Fetches the source and reads everything that decides what the kernel is; builds nothing.
 * @throws UsageError for a broken series, an unknown fragment or a base without such a variant, and what {@link fetchSource} throws
 */
export async function planKernel($: Shell, request: KernelRequest): Promise<PlannedKernel> {
  const { base, variant, progress = progressOf($, request) } = request;
  const fragments = await fragmentsOf(base, variant, request.fragments);
  const patches = await patchesOf(base, variant);
  const toolchain = await findToolchain($);
  const source = await namingDiskFaults(cachePlace(), () => fetchSource($, base, (line) => progress.log(line)));
  const ingredients = { source, variant, patches, fragments, toolchain };
  const key = contentKey(ingredients);
  return { ...ingredients, base, key, dir: cacheDir("kernels", `${base.name}-${variant}-${key}`) };
}

/**
 * Builds a kernel, or finds it in the cache. Two runs at once do not collide: the second waits and takes what the first
 * has built. A killed or failed build leaves no half kernel, and its tree is taken up again when nothing has changed.
 * @throws UsageError PATCH_DOES_NOT_APPLY, CONFIG_NOT_HONOURED; InfrastructureError KERNEL_BUILD_FAILED, DISK_FULL
 */
export async function ensureKernel($: Shell, request: KernelRequest): Promise<BuiltKernel> {
  const progress = request.progress ?? progressOf($, request);
  const plan = await planKernel($, { ...request, progress });
  const present = await readBuiltKernel($, plan.dir);
  if (present) {
    if ($.dry) $.note(`kernel ${request.base.name} ${request.variant} is in the cache: ${present.dir}`);
    return present;
  }
  const work = cacheDir("work", `${plan.base.name}-${plan.variant}`);
  const wait = (what: string) => progress.log(what);
  return namingDiskFaults(cachePlace(), () =>
    withLock(
      $,
      `${work}.lock`,
      wait,
      async () => (await readBuiltKernel($, plan.dir)) ?? build($, plan, work, progress),
    ),
  ).catch((error) => {
    progress.done("stopped");
    throw error;
  });
}

function progressOf($: Shell, { base, variant }: KernelRequest): ProgressSink {
  if ($.dry) return { ...SILENT, log: (line) => $.note(line) };
  return new Progress(`kernel ${base.name} ${variant}`);
}

async function build($: Shell, plan: PlannedKernel, work: string, progress: ProgressSink): Promise<BuiltKernel> {
  const startedMs = Date.now();
  const recipe = RECIPES[plan.variant];
  const fragments = plan.fragments.map((fragment) => fragment.name);
  progress.update(0, "making the source tree");
  const afterPristine = await prepare($, plan, work);
  const expected = await expectedSteps($, { base: plan.base.name, variant: plan.variant, fragments, afterPristine });
  const command = makeCommand(plan.toolchain, localVersion(plan), recipe.target);
  const config = await $.files.readText(join(work, BUILD_DIR, ".config"), "");
  const environment = { ...makeEnvironment(recipe.arch), ...(await ccacheForPair($, work, config)) };
  const steps = await compile($, work, command, environment, (count, what) => {
    // Never the whole: a build may have more files than the one before.
    progress.update(expected && what !== LINKING ? Math.min(count / expected, 0.99) : undefined, what);
  });
  const built = join(work, BUILD_DIR);
  const image = await $.files.readBytes(join(built, recipe.image), "");
  const record: KernelRecord = {
    base: plan.base.name,
    variant: plan.variant,
    packageName: plan.source.packageName,
    version: plan.source.version,
    pinned: plan.source.pinned,
    patches: plan.patches.map((patch) => patch.name),
    fragments,
    compiler: plan.toolchain.compiler,
    release: (
      await $.files.readText(join(built, "include/config/kernel.release"), `RELEASE${localVersion(plan)}`)
    ).trim(),
    imageSha256: sha256(image),
    configSha256: sha256(config),
    steps,
    afterPristine,
    buildSeconds: Math.round((Date.now() - startedMs) / 1000),
  };
  await publish($, plan.dir, built, record);
  if (plan.patches.length > 0) await $.files.remove(work);
  else await leavePristineTree($, work, plan.key);
  progress.done(`built ${record.release}`);
  return describe(plan.dir, record, false);
}

/**
 * Tree and configuration; taken up again when a build of the same key was stopped.
 * @returns whether the tree is that of the pristine kernel, with most files compiled
 */
async function prepare($: Shell, plan: PlannedKernel, work: string): Promise<boolean> {
  const mark = join(work, ".key");
  const [key, whose] = $.files.exists(mark) ? (await $.files.readText(mark)).split(" ") : [];
  if (key === plan.key) return whose === PRISTINE;
  const onto = `${plan.source.packageName} ${plan.source.version}`;
  const afterPristine = await takePristineTree($, plan, plan.base.name, work);
  if (afterPristine) await applyPatches($, plan.patches, work, onto);
  else await makeTree($, plan.source.dir, plan.patches, work, onto);
  await configureTree($, work, plan.fragments, RECIPES[plan.variant].arch);
  await $.files.write(mark, afterPristine ? `${plan.key} ${PRISTINE}` : plan.key);
  return afterPristine;
}

/** Tells kernels apart in `uname -r` and in the boot log. */
function localVersion(plan: PlannedKernel): string {
  return `-${plan.variant}-${plan.key.slice(0, 8)}`;
}

/** The rename comes last, so a kernel in the cache is always whole. */
async function publish({ files }: Shell, dir: string, built: string, record: KernelRecord): Promise<void> {
  const half = `${dir}.half`;
  await files.remove(half);
  await files.makeDirectory(half);
  const { image } = RECIPES[record.variant];
  await files.copy(join(built, image), join(half, basename(image)));
  await files.copy(join(built, "vmlinux"), join(half, "vmlinux"));
  await files.copy(join(built, "System.map"), join(half, "System.map"));
  await files.copy(join(built, ".config"), join(half, "config"));
  await files.write(...recordFile(half, record));
  await files.remove(dir);
  await files.move(half, dir);
}

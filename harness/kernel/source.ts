import { join } from "node:path";
import { InfrastructureError } from "../base/errors.ts";
import { withLock } from "../base/lock.ts";
import { cacheDir } from "../base/paths.ts";
import type { Shell } from "../base/shell.ts";
import { type AptState, download, knownVersions, machineState, privateState } from "./apt.ts";
import type { Base } from "./bases.ts";

/** A pristine kernel source tree in the cache. Nobody writes into it: patched trees are copies. */
export type KernelSource = {
  dir: string;
  packageName: string;
  version: string;
  /** False when the pinned version is gone and the newest of the same line stands in. */
  pinned: boolean;
};

/**
 * Fetches, verifies and unpacks a base's source, or finds it in the cache (then without network).
 * @param say gets a line for everything a user should know: download, unpacking, a version that is not the pinned one
 * @throws InfrastructureError APT_UPDATE_FAILED, APT_DOWNLOAD_FAILED, SOURCE_GONE
 */
export async function fetchSource($: Shell, base: Base, say: (line: string) => void): Promise<KernelSource> {
  const { package: packageName, version } = base.source;
  const pinned = { packageName, version, pinned: true, dir: treeDir(packageName, version) };
  if ($.files.exists(pinned.dir)) {
    if ($.dry) $.note(`${packageName} ${version} is in the cache: ${pinned.dir}`);
    return pinned;
  }
  return withLock($, cacheDir("sources", `${packageName}.lock`), say, async () => {
    if ($.files.exists(pinned.dir)) {
      if ($.dry) $.note(`${packageName} ${version} is in the cache: ${pinned.dir}`);
      return pinned;
    }
    if ($.files.exists(debPath(packageName, version)) || (await tryMachine($, packageName, version, say))) {
      return { ...pinned, dir: await unpack($, packageName, version, say) };
    }
    const found = await fetchFromArchive($, base, say);
    return { packageName, version: found, pinned: found === version, dir: await unpack($, packageName, found, say) };
  });
}

/**
 * Downloads a package with the machine's own apt lists. They are the quick way; they may be stale or know nothing, which is
 * no error.
 * @returns whether it is at {@link debPath} now
 */
export async function tryMachine(
  $: Shell,
  packageName: string,
  version: string,
  say: (line: string) => void,
): Promise<boolean> {
  if (!(await knownVersions($.ask, machineState, packageName)).includes(version)) return false;
  try {
    await get($, machineState, packageName, version, say);
    return true;
  } catch (error) {
    if (error instanceof InfrastructureError && error.code === "APT_DOWNLOAD_FAILED") return false;
    throw error;
  }
}

/** Asks the archive itself; takes the newest of the line when the pinned version is gone. Returns the version. */
async function fetchFromArchive($: Shell, base: Base, say: (line: string) => void): Promise<string> {
  const { package: packageName, version, suite } = base.source;
  say(`asking ${base.source.archive} (${suite}) for ${packageName}`);
  const state = await privateState($, base.source).catch(async (error) => {
    const [newest] = await keptVersions($, packageName);
    if (newest === undefined) throw error;
    say(`NOTE: ${base.source.archive} cannot be reached, and ${version} is not here; using ${newest} instead`);
    return newest;
  });
  if (typeof state === "string") return state;
  const versions = await knownVersions($({ standIn: `${packageName} | ${version} |` }), state, packageName);
  const found = versions.includes(version) ? version : versions[0];
  if (found === undefined) {
    throw new InfrastructureError({
      code: "SOURCE_GONE",
      message: `${suite} has no package ${packageName} any more.`,
      remedy: `Name another suite or archive for base ${base.name} in configs/kernels.yaml.`,
    });
  }
  if (found !== version) {
    say(`NOTE: ${packageName} ${version} is gone from ${suite}; using ${found}, the newest of the line, instead`);
  }
  if (!$.files.exists(debPath(packageName, found))) await get($, state, packageName, found, say);
  return found;
}

async function get(
  $: Shell,
  state: AptState,
  packageName: string,
  version: string,
  say: (line: string) => void,
): Promise<void> {
  say(`downloading ${packageName} ${version}`);
  await download($, state, packageName, version, debPath(packageName, version));
}

/** Unpacks the tarball inside the .deb; a killed run leaves no half tree because the rename comes last. */
async function unpack($: Shell, packageName: string, version: string, say: (line: string) => void): Promise<string> {
  const target = treeDir(packageName, version);
  if ($.files.exists(target)) return target;
  say(`unpacking ${packageName} ${version}`);
  const scratch = cacheDir("sources", `.unpacking-${packageName}`);
  await $.files.remove(scratch);
  await $.files.makeDirectory(join(scratch, "tree"));
  await $`dpkg-deb -x ${debPath(packageName, version)} ${join(scratch, "deb")}`;
  const shipped = await $.files.list(join(scratch, "deb/usr/src"), [`${packageName}.tar.xz`]);
  const tarball = shipped.find((name) => name.startsWith(`${packageName}.tar`));
  if (tarball === undefined) {
    throw new InfrastructureError({
      code: "SOURCE_GONE",
      message: `${packageName} ${version} has no tarball ${packageName}.tar.* in usr/src, only: ${shipped.join(", ")}.`,
      remedy: `Name a linux-source package for the base in configs/kernels.yaml.`,
    });
  }
  const archive = join(scratch, "deb/usr/src", tarball);
  await $`tar -xf ${archive} -C ${join(scratch, "tree")} --strip-components=1`;
  await $.files.move(join(scratch, "tree"), target);
  await $.files.remove(scratch);
  return target;
}

/** Where the pristine tree of one version is, or will be, in the cache. */
export function treeDir(packageName: string, version: string): string {
  return cacheDir("sources", fileName(packageName, version));
}

/** Where the package of one version is kept, so that a tree comes back without network. */
export function debPath(packageName: string, version: string): string {
  return cacheDir("downloads", `${fileName(packageName, version)}.deb`);
}

/** Versions whose packages are in the cache, newest first. */
export async function keptVersions($: Shell, packageName: string): Promise<string[]> {
  const names = await $.files.list(cacheDir("downloads"), []).catch(() => []);
  const debs = names.filter((name) => name.startsWith(`${packageName}_`) && name.endsWith(".deb"));
  const fields = await Promise.all(debs.map((deb) => $.ask`dpkg-deb -f ${cacheDir("downloads", deb)} Version`));
  const versions = fields.map((field) => field.stdout.trim());
  return versions.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
}

/** make and its tools stumble over some characters that Debian versions may have, so paths get a dash instead. */
function fileName(packageName: string, version: string): string {
  return `${packageName}_${version.replaceAll(/[^\w.+-]/g, "-")}`;
}

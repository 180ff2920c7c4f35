import { cacheDir } from "../base/paths.ts";
import type { Shell } from "../base/shell.ts";

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

import { withLock } from "../base/lock.ts";
import { cacheDir } from "../base/paths.ts";
import type { Shell } from "../base/shell.ts";
import { download, privateState } from "./apt.ts";
import type { Base } from "./bases.ts";
import { debPath, fetchSource, tryMachine } from "./source.ts";

/** Of Debian's kernels for amd64 the ordinary one, not the one for clouds or for real time. */
const CONFIG = "config.amd64_none_amd64.xz";

/**
 * The base as Debian configures the kernel of the same version, modules left out.
 * @param fragments on top of that, instead of the base's own
 * @param say gets a line for a download
 * @throws InfrastructureError APT_UPDATE_FAILED, APT_DOWNLOAD_FAILED, DEBIAN_CONFIG, and what {@link fetchSource} throws
 */
export async function debianBase(
  $: Shell,
  base: Base,
  fragments: string[],
  say: (line: string) => void,
): Promise<Base> {
  const { packageName: sourcePackage, version } = await fetchSource($, base, say);
  const packageName = sourcePackage.replace("linux-source-", "linux-config-");
  const deb = debPath(packageName, version);
  const isHere = $.files.exists(deb);
  if (!isHere) {
    await withLock($, cacheDir("sources", `${packageName}.lock`), say, async () => {
      if ($.files.exists(deb) || (await tryMachine($, packageName, version, say))) return;
      say(`downloading ${packageName} ${version}`);
      await download($, await privateState($, base.source), packageName, version, deb);
    });
  }
  const unpacked = $({
    code: "DEBIAN_CONFIG",
    remedy: `Leave debianFragments of base ${base.name} out (configs/kernels.yaml): its package has no such file.`,
  });
  const member = `./usr/src/${packageName}/${CONFIG}`;
  // Only read, but where it is not here a dry run has nothing to read.
  const run = isHere ? unpacked.ask : unpacked;
  const { stdout } = await run`dpkg-deb --fsys-tarfile ${deb} | tar -xO ${member} | xz --decompress`;
  const configuration = { name: CONFIG, path: deb, text: withoutModules(stdout) };
  return { ...base, configuration, fragments };
}

/** A configuration without what it makes modules: the host under test has no place for them. */
export function withoutModules(config: string): string {
  return config.replaceAll(/^(CONFIG_\w+)=m$/gm, "# $1 is not set");
}

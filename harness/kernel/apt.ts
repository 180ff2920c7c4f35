import { join } from "node:path";
import { InfrastructureError } from "../base/errors.ts";
import { cacheDir } from "../base/paths.ts";
import type { Shell } from "../base/shell.ts";
import type { AptSource } from "./bases.ts";

/** Time without a byte after which apt gives up; a download as such may take long. */
const APT_SILENCE_SECONDS = 30;
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Options that make apt use one of its states: the machine's own ([]), or a private one. */
export type AptState = string[];

/** The machine's own lists, as they are. */
export const machineState: AptState = [];

/**
 * A private apt state that knows only the source's suite, freshly updated; the machine's sources and lists are neither
 * used nor changed, and root is not needed. The archive's signature is checked as always.
 * @throws InfrastructureError APT_UPDATE_FAILED
 */
export async function privateState($: Shell, source: AptSource): Promise<AptState> {
  const dir = cacheDir("apt", source.suite);
  for (const part of ["lists/partial", "cache/archives/partial"]) await $.files.makeDirectory(join(dir, part));
  const list = join(dir, "sources.list");
  await $.files.write(list, `deb [signed-by=${KEYRING}] ${source.archive} ${source.suite} main\n`);
  await $.files.write(join(dir, "status"), "");
  const settings = {
    "Dir::State": dir,
    "Dir::State::lists": join(dir, "lists"),
    "Dir::State::status": join(dir, "status"),
    "Dir::Cache": join(dir, "cache"),
    "Dir::Etc::sourcelist": list,
    "Dir::Etc::sourceparts": "/dev/null",
    "APT::Sandbox::User": "",
    "Acquire::Languages": "none",
    "Acquire::http::Timeout": String(APT_SILENCE_SECONDS),
  };
  const state = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  await $({
    code: "APT_UPDATE_FAILED",
    remedy: `Check the network: ${source.archive} must be reachable (apt's proxy settings are used).`,
  })`apt-get ${[...state, "update", "--error-on=any"]}`;
  return state;
}

/** Versions of the package that the state knows, newest first. */
export async function knownVersions($: Shell, state: AptState, packageName: string): Promise<string[]> {
  const { stdout } = await $`apt-cache ${[...state, "madison", packageName]}`;
  return stdout.split("\n").flatMap((line) => {
    const [name, version] = line.split("|").map((word) => word.trim());
    return name === packageName && version ? [version] : [];
  });
}

/**
 * Downloads one exact version, verified by apt against the archive's signature, into the cache, and keeps it there.
 * @returns the path of the .deb
 * @throws InfrastructureError APT_DOWNLOAD_FAILED
 */
export async function download(
  $: Shell,
  state: AptState,
  packageName: string,
  version: string,
  target: string,
): Promise<void> {
  // One at a time: who fetches holds the lock of the package.
  const dir = cacheDir("downloads", `partial-${packageName}`);
  await $.files.remove(dir);
  await $.files.makeDirectory(dir);
  try {
    const { stdout } = await $({
      cwd: dir,
      code: "APT_DOWNLOAD_FAILED",
      remedy: "Check the network and that the version still exists in the archive (apt-cache madison PACKAGE).",
    })`apt-get ${[...state, "download", `${packageName}=${version}`]}`;
    const [deb, ...more] = (await $.files.list(dir, [`${packageName}_${version}_all.deb`])).filter((name) =>
      name.endsWith(".deb"),
    );
    if (!deb || more.length > 0) {
      throw new InfrastructureError({
        code: "APT_DOWNLOAD_FAILED",
        message: `apt-get download ${packageName}=${version} left ${deb ? "several files" : "no file"}.`,
        detail: stdout,
        remedy: "Run the command by hand in an empty directory and see what it says.",
      });
    }
    await $.files.move(join(dir, deb), target);
  } finally {
    await $.files.remove(dir);
  }
}

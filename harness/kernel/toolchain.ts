import { availableParallelism } from "node:os";
import { UsageError } from "../base/errors.ts";
import { cacheDir } from "../base/paths.ts";
import type { Shell } from "../base/shell.ts";
import type { Recipe } from "./variant.ts";

/** What a tree can be configured for; of i386 it is of interest what Kconfig and the compiler say, nothing is booted. */
export type BuildArch = Recipe["arch"] | "i386";

/** What a kernel is built with. */
export type Toolchain = {
  /** First line of `gcc --version`: part of a kernel's content key. */
  compiler: string;
  /** Value of make's CC and HOSTCC. */
  cc: string;
  jobs: number;
};

/**
 * Looks at the machine's compiler, and for ccache, which makes the second kernel of a pair cheap.
 * @throws UsageError TOOLCHAIN_MISSING
 */
export async function findToolchain($: Shell): Promise<Toolchain> {
  const gcc = await toolVersion($, "gcc");
  if (gcc === undefined) {
    throw new UsageError({
      code: "TOOLCHAIN_MISSING",
      message: "There is no gcc on this machine.",
      remedy: "Run: npm run setup",
    });
  }
  const hasCcache = (await toolVersion($, "ccache")) !== undefined;
  return { compiler: gcc, cc: hasCcache ? "ccache gcc" : "gcc", jobs: availableParallelism() };
}

/** First line of what a tool says of its version; undefined when there is no such tool. */
export async function toolVersion($: Shell, tool: string): Promise<string | undefined> {
  const finished = await $({ okExitCodes: [0, 1, 127] }).ask`command -v ${tool} > /dev/null && ${tool} --version`;
  return finished.exitCode === 0 ? finished.stdout.split("\n")[0] : undefined;
}

/**
 * Environment of every make: the same image from the same input whoever builds, wherever and whenever; what the
 * caller's shell has set for other builds does not leak in. Build trees have the same inner layout and relative paths,
 * so with hash_dir off ccache serves one variant's objects to the other.
 */
export function makeEnvironment(arch: BuildArch = "x86_64"): Record<string, string> {
  return {
    LC_ALL: "C",
    ARCH: arch,
    CROSS_COMPILE: "",
    MAKEFLAGS: "",
    KCFLAGS: "",
    KAFLAGS: "",
    KCPPFLAGS: "",
    KCONFIG_ALLCONFIG: "",
    KBUILD_VERBOSE: "",
    KBUILD_BUILD_TIMESTAMP: "Thu Jan  1 00:00:00 UTC 1970",
    KBUILD_BUILD_USER: "prezero",
    KBUILD_BUILD_HOST: "prezero",
    KBUILD_BUILD_VERSION: "1",
    CCACHE_DIR: cacheDir("ccache"),
    CCACHE_NOHASHDIR: "1",
    CCACHE_MAXSIZE: "2G",
  };
}

import { cacheDir } from "../base/paths.ts";
import { shellQuote } from "../base/quote.ts";
import type { Shell } from "../base/shell.ts";
import { APPLY } from "../series/apply.ts";
import type { KernelRequest } from "./build.ts";
import { makeCommand } from "./compile.ts";
import { configureCommand } from "./config.ts";
import { fragmentsOf } from "./fragment.ts";
import { treeDir } from "./source-cache.ts";
import { findToolchain } from "./toolchain.ts";
import { BUILD_DIR } from "./tree.ts";
import { RECIPES } from "./variant.ts";
import { patchesOf } from "./variant-patches.ts";

/**
 * The shell commands that build a kernel from nothing, without running them. Everything the build would refuse (an
 * unknown fragment, a broken series) is refused here too.
 */
export async function kernelCommands($: Shell, request: KernelRequest): Promise<string[]> {
  const { base, variant } = request;
  const { package: name, version } = base.source;
  const toolchain = await findToolchain($);
  const fragments = await fragmentsOf(base, variant, request.fragments);
  const patches = await patchesOf(base, variant);
  const source = treeDir(name, version);
  const work = cacheDir("work", `${base.name}-${variant}`);
  const wanted = shellQuote(fragments.map((fragment) => fragment.path));
  return [
    `# kernel ${base.name} ${variant}`,
    shellQuote(["apt-get", "download", `${name}=${version}`]),
    `dpkg-deb -x ${name}_*.deb deb && mkdir -p ${shellQuote([source])}`,
    `tar -xf deb/usr/src/${name}.tar.* -C ${shellQuote([source])} --strip-components=1`,
    shellQuote(["cp", "--archive", "--link", source, work]),
    shellQuote(["cd", work]),
    ...patches.map((patch) => shellQuote(["git", ...APPLY, patch.path])),
    `mkdir -p ${BUILD_DIR} && cat ${wanted} > ${BUILD_DIR}/wanted.config`,
    `export ARCH=${RECIPES[variant].arch}`,
    shellQuote(configureCommand(RECIPES[variant].arch)),
    shellQuote(makeCommand(toolchain, `-${variant}`, RECIPES[variant].target)),
  ];
}

import { join } from "node:path";
import { UsageError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import { type Fragment, parseSymbols } from "./fragment.ts";
import { type BuildArch, makeEnvironment } from "./toolchain.ts";
import { BUILD_DIR } from "./tree.ts";

/** All fragments, one after the other, in the build directory. */
const WANTED = "wanted.config";

/** What `make tinyconfig` is made of; older kernels lack the first. Merged here, Kconfig runs once instead of four times, which takes half a minute less. */
const TINY = ["kernel/configs/tiny-base.config", "kernel/configs/tiny.config"];
const TINY_OF_ARCH: Readonly<Record<BuildArch, string[]>> = {
  x86_64: ["arch/x86/configs/tiny.config"],
  i386: ["arch/x86/configs/tiny.config"],
  um: [],
};

/**
 * The command that {@link configureTree} runs in the tree.
 * @param has tells of a path whether the tree has it
 */
export function configureCommand(arch: BuildArch, has: (path: string) => boolean = () => true): string[] {
  const files = [...[...TINY, ...TINY_OF_ARCH[arch]].filter(has), `${BUILD_DIR}/${WANTED}`];
  return ["scripts/kconfig/merge_config.sh", "-n", "-O", BUILD_DIR, ...files];
}

/** A symbol that did not come out as the last fragment that names it asks; what is unknown or cannot be set reads as `n`. */
export type LostSymbol = { name: string; fragment: string; wanted: string; got: string };

/**
 * Configures a tree: what tinyconfig is made of and the fragments through the kernel's own merge_config.sh, everything
 * else off.
 * @param tree source tree with its build directory
 * @returns the text of the .config
 * @throws UsageError CONFIG_NOT_HONOURED lists every symbol that did not come out as the fragments ask
 */
export async function configureTree(
  $: Shell,
  tree: string,
  fragments: Fragment[],
  arch: BuildArch = "x86_64",
): Promise<string> {
  const { text, lost } = await mergeConfig($, tree, fragments, arch);
  if (lost.length === 0) return text;
  throw new UsageError({
    code: "CONFIG_NOT_HONOURED",
    message: `The kernel cannot be configured as asked: ${lost.length === 1 ? "one symbol" : `${lost.length} symbols`} did not survive.`,
    detail: lost
      .map(({ name, fragment, wanted, got }) => {
        return `${name}: ${fragment} asks for ${wanted}, the kernel's configuration says ${got}`;
      })
      .join("\n"),
    remedy:
      "A symbol is lost when it does not exist in this kernel or its dependencies are not met: correct the fragment.",
  });
}

/** {@link configureTree} for who wants to know what Kconfig refuses: says which symbols are lost, and does not throw. */
export async function mergeConfig(
  $: Shell,
  tree: string,
  fragments: Fragment[],
  arch: BuildArch,
): Promise<{ text: string; lost: LostSymbol[] }> {
  const env = makeEnvironment(arch);
  const config = join(tree, BUILD_DIR, ".config");
  const remedy = "Read the output above; missing tools are installed by: npm run setup";
  const wanted = fragments.map((fragment) => fragment.text).join("\n");
  const places = fragments.map(({ name, path }) => (path.endsWith(name) ? path : `${name} of ${path}`));
  $.note(`${WANTED} is ${places.join(" + ")}`);
  await $.files.write(join(tree, BUILD_DIR, WANTED), wanted);
  // A dry run may have no source yet.
  const isThere = $.files.exists(join(tree, "Kconfig"));
  const command = configureCommand(arch, (path) => !isThere || $.files.exists(join(tree, path)));
  await $({ cwd: tree, env, code: "KCONFIG_FAILED", remedy })`${command}`;
  // What a dry run finds there is what an earlier build left.
  const text = $.dry ? wanted : await $.files.readText(config);
  return { text, lost: lostSymbols(fragments, parseSymbols(text, config)) };
}

/** Later fragments override earlier ones, as merge_config.sh has it. */
function lostSymbols(fragments: Fragment[], actual: Map<string, string>): LostSymbol[] {
  const last = new Map(fragments.flatMap((one) => [...one.wanted].map(([name, wanted]) => [name, { wanted, one }])));
  return [...last].flatMap(([name, { wanted, one }]) => {
    const got = actual.get(name) ?? "n";
    return got === wanted ? [] : [{ name, fragment: one.name, wanted, got }];
  });
}

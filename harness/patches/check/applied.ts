import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Shell } from "../../base/shell.ts";
import type { PatchFile } from "../../series/patch-file.ts";
import type { Series } from "../../series/series.ts";

/** Applies one patch to a build tree. @throws InfrastructureError COMMAND_FAILED when it does not apply */
export async function applyPatch($: Shell, tree: string, patch: Series["patches"][number]): Promise<void> {
  await $({
    cwd: tree,
    // Inside somebody's repository, git would take the paths as relative to its top and silently skip them.
    env: { GIT_CEILING_DIRECTORIES: dirname(tree), LC_ALL: "C" },
  })`git apply --whitespace=nowarn ${patch.path}`;
}

/** True when the patches, which are applied to the tree, define every one of the symbols (`CONFIG_` and a name). */
export async function definesAll(tree: string, patches: PatchFile[], symbols: string[]): Promise<boolean> {
  const paths = patches.flatMap((patch) => patch.files.flatMap((file) => file.newPath ?? []));
  const kconfigs = [...new Set(paths)].filter((path) => /(^|\/)Kconfig[^/]*$/.test(path));
  const texts = await Promise.all(kconfigs.map((path) => readFile(join(tree, path), "utf8")));
  const defined = texts.join("\n");
  return symbols.every((symbol) => new RegExp(`^(menu)?config ${symbol.replace(/^CONFIG_/, "")}$`, "m").test(defined));
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PatchFile } from "../../series/patch-file.ts";

/** True when the patches, which are applied to the tree, define every one of the symbols (`CONFIG_` and a name). */
export async function definesAll(tree: string, patches: PatchFile[], symbols: string[]): Promise<boolean> {
  const paths = patches.flatMap((patch) => patch.files.flatMap((file) => file.newPath ?? []));
  const kconfigs = [...new Set(paths)].filter((path) => /(^|\/)Kconfig[^/]*$/.test(path));
  const texts = await Promise.all(kconfigs.map((path) => readFile(join(tree, path), "utf8")));
  const defined = texts.join("\n");
  return symbols.every((symbol) => new RegExp(`^(menu)?config ${symbol.replace(/^CONFIG_/, "")}$`, "m").test(defined));
}

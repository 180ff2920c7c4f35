import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BUILD_DIR } from "./tree.ts";

/** The header that carries the whole configuration into every compilation, in the two ways in which it is spelt. */
const CONFIG_HEADER = ["./include/generated/autoconf.h", "include/generated/autoconf.h"];
const HASHED_CONFIG = "ccache.config";
/** The one line in which the configurations of a pair differ. */
const SERIES_SYMBOL = "CONFIG_PAGE_PREZERO=y\n";

/**
 * What lets the second kernel of a pair take the objects of the first without as much as preprocessing them. ccache
 * compares the files that a compilation read; one of them, autoconf.h, holds the configuration and so differs between
 * the two, although only files that the series touches can tell. So that header is left out of the comparison, and the
 * text of the configuration is compared instead, without the line that switches the series on: in the pristine source
 * no file knows that symbol, and in the patched source a file that does is not the same file. A configuration that
 * differs in anything else, the symbol being off included, shares nothing.
 *
 * What a file reads is taken from the dependencies that the kernel's build has the compiler write anyway, not from a
 * preprocessor run of ccache's own, which made the first kernel a third dearer.
 * @param config text of the tree's .config
 * @returns variables for make's environment
 */
export async function ccacheForPair(tree: string, config: string): Promise<Record<string, string>> {
  const file = join(tree, BUILD_DIR, HASHED_CONFIG);
  await writeFile(file, config.replace(SERIES_SYMBOL, ""));
  return { CCACHE_IGNOREHEADERS: CONFIG_HEADER.join(":"), CCACHE_EXTRAFILES: file, CCACHE_DEPEND: "1" };
}

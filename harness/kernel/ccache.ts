import { join } from "node:path";
import type { Shell } from "../base/shell.ts";
import { BUILD_DIR } from "./tree.ts";

/** The header that carries the whole configuration into every compilation, in the two ways in which it is spelt. */
const CONFIG_HEADER = ["./include/generated/autoconf.h", "include/generated/autoconf.h"];
const HASHED_CONFIG = "ccache.config";
/** The lines in which the configurations of a pair differ: the series, and its tests where there is KUnit. */
const SERIES_SYMBOLS = /^(?:CONFIG_PAGE_PREZERO=y|# CONFIG_PAGE_PREZERO_KUNIT_TEST is not set)\n/gm;

/**
 * What lets the second kernel of a pair take the objects of the first without as much as preprocessing them. ccache
 * compares the files that a compilation read; one of them, autoconf.h, holds the configuration and so differs between
 * the two, although only files that the series touches can tell. So that header is left out of the comparison, and the
 * text of the configuration is compared instead, without the line that switches the series on and the remark that its
 * tests are off: in the pristine source no file knows those symbols, and in the patched source a file that does is not
 * the same file. A configuration that differs in anything else, the symbol being off included, shares nothing.
 *
 * What a file reads is taken from the dependencies that the kernel's build has the compiler write anyway, not from a
 * preprocessor run of ccache's own, which made the first kernel a third dearer.
 * @param config text of the tree's .config
 * @returns variables for make's environment
 */
export async function ccacheForPair($: Shell, tree: string, config: string): Promise<Record<string, string>> {
  const file = join(tree, BUILD_DIR, HASHED_CONFIG);
  await $.files.write(file, config.replaceAll(SERIES_SYMBOLS, ""));
  return { CCACHE_IGNOREHEADERS: CONFIG_HEADER.join(":"), CCACHE_EXTRAFILES: file, CCACHE_DEPEND: "1" };
}

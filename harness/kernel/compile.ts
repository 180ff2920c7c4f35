import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { InfrastructureError } from "../base/errors.ts";
import { shellQuote } from "../base/quote.ts";
import type { Shell } from "../base/shell.ts";
import type { Toolchain } from "./toolchain.ts";
import { BUILD_DIR } from "./tree.ts";

/** A line of make that says that something takes a while, for example `  CC      mm/page_alloc.o`; the rest is quick. */
const STEP = /^ {2}(?:CC|AS|HOSTCC) +(?:\[M\] +)?(\S+)/;
/** The last long steps; what {@link compile} says while they take their time. */
const LINK = /^ {2}LD +\S*vmlinux/;
export const LINKING = "linking";
/** Any other step. */
const QUICK_STEP = /^ {2}[A-Z][A-Z0-9_-]* +\S+/;
const ERROR =
  /(?:^|: )(?:fatal )?error: |undefined reference|No rule to make target|internal compiler error|No space left|: command not found|write error/;
/** What make says, in the tree. */
export const BUILD_LOG = "build.log";
/** Lines of the first errors that a message carries. */
const ERROR_LINES = 40;

/** The exact command that {@link compile} runs in the tree. */
export function makeCommand(toolchain: Toolchain, localVersion: string, target: string): string[] {
  const cc = [`CC=${toolchain.cc}`, `HOSTCC=${toolchain.cc}`];
  return ["make", `O=${BUILD_DIR}`, `-j${toolchain.jobs}`, ...cc, `LOCALVERSION=${localVersion}`, target];
}

/**
 * Runs make in a configured tree. What it prints goes to a log in the tree; a build that is taken up again goes on
 * counting where that log ends.
 * @param onStep called with the number of files that are compiled or being compiled, and the last of them or
 *   {@link LINKING}
 * @returns the number of files
 * @throws InfrastructureError KERNEL_BUILD_FAILED with the compiler's first errors
 */
export async function compile(
  $: Shell,
  tree: string,
  command: string[],
  environment: Record<string, string>,
  onStep: (steps: number, what: string) => void,
): Promise<number> {
  const logPath = join(tree, BUILD_LOG);
  const before = await $.files.readText(logPath).catch(() => "");
  // A log that cannot be written (full disk) must not hide the build's own message about it.
  await $.files.write(logPath, before).catch(() => {});
  const log = $.dry ? undefined : createWriteStream(logPath, { flags: "a" }).on("error", () => {});
  const errors: string[] = [];
  // Each once: a tree that is taken up again may compile a file anew.
  const files = new Set(before.split("\n").flatMap((line) => STEP.exec(line)?.[1] ?? []));
  try {
    const finished = await $({
      cwd: tree,
      env: environment,
      okExitCodes: [0, 1, 2],
      onLine(line) {
        log?.write(`${line}\n`);
        const file = STEP.exec(line)?.[1];
        if (file !== undefined) onStep(files.add(file).size, file.replace(`${tree}/`, ""));
        else if (LINK.test(line)) onStep(files.size, LINKING);
        else if (!QUICK_STEP.test(line) && (errors.length > 0 || ERROR.test(line)) && errors.length < ERROR_LINES)
          errors.push(line);
      },
    })`${command}`;
    if (finished.exitCode === 0) return files.size;
  } finally {
    log?.end();
  }
  throw new InfrastructureError({
    code: "KERNEL_BUILD_FAILED",
    message: "The kernel does not build.",
    detail: errors.join("\n"),
    reproducer: `cd ${shellQuote([tree])} && ARCH=${environment.ARCH} ${shellQuote(command)}`,
    remedy: `Correct what the compiler names; everything make said is in ${logPath}.`,
  });
}

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

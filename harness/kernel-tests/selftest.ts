import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { InfrastructureError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import { type Base, seriesDir } from "../kernel/bases.ts";
import { fetchSource } from "../kernel/source.ts";
import { baseRepository } from "../patches/base-repository.ts";
import { commitOnBase } from "../patches/commit-series.ts";
import { git } from "../patches/git.ts";
import { readSeries } from "../series/series.ts";

const SELFTESTS = "tools/testing/selftests";
/** Where the kernel keeps the tests of its memory management; until 6.2 under the older name. */
const SOURCES = ["mm", "vm"].map((directory) => `${SELFTESTS}/${directory}/page_prezero.c`);
/** Static, so that it runs on the host whatever its libraries are. */
const FLAGS = ["-O2", "-Wall", "-static"];

/**
 * Takes the series' kselftest out of the patched source and compiles it against this machine's libc.
 * @param directory where source and program go
 * @returns path of the program
 * @throws UsageError PATCH_DOES_NOT_APPLY; InfrastructureError SELFTEST_MISSING, SELFTEST_BUILD with the compiler's words
 */
export async function buildSelftest(
  $: Shell,
  base: Base,
  directory: string,
  say: (line: string) => void,
): Promise<string> {
  const repository = await baseRepository($, await fetchSource($, base, say), say);
  const { gitDir, root } = repository;
  const commits = await commitOnBase($, repository, (await readSeries(seriesDir(base))).patches);
  const tar = join(directory, "selftest.tar");
  const tree = commits.at(-1) ?? root;
  const list = ["ls-tree", "-r", "--name-only", tree, ...SOURCES];
  const [file] = (await git($, gitDir, list, { standIn: SOURCES[0] ?? "" })).stdout.split("\n");
  if (!file) {
    throw new InfrastructureError({
      code: "SELFTEST_MISSING",
      message: "The patched source has no selftest of the series",
      remedy: `The series is expected to bring ${SOURCES.join(" or ")}.`,
    });
  }
  await git($, gitDir, ["archive", "--format=tar", `--output=${tar}`, tree, `${SELFTESTS}/kselftest.h`, file]);
  const unpacked = join(directory, "selftest");
  await mkdir(unpacked, { recursive: true });
  await $`tar -xf ${tar} -C ${unpacked}`;
  const program = join(directory, "page_prezero");
  await $({
    code: "SELFTEST_BUILD",
    remedy: "Correct the selftest in the series; the compiler comes with: npm run setup",
  })`gcc ${FLAGS} -o ${program} ${join(unpacked, file)}`;
  return program;
}

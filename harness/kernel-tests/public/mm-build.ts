import { join } from "node:path";
import { withLock } from "../../base/lock.ts";
import { cacheDir } from "../../base/paths.ts";
import type { Shell } from "../../base/shell.ts";
import { sha256 } from "../../kernel/content-key.ts";
import type { KernelSource } from "../../kernel/source.ts";
import { findToolchain, makeEnvironment, type Toolchain } from "../../kernel/toolchain.ts";
import { BUILD_DIR, makeTree } from "../../kernel/tree.ts";

const TESTS = "tools/testing/selftests/mm";
const HEADERS = "usr/include";
/**
 * Static, so that they run on the host whatever its libraries are. 6.12's khugepaged.c uses KSFT_SKIP and does not
 * include the header that has it.
 */
const FLAGS = ["USERLDFLAGS=-static -s", "USERCFLAGS=-DKSFT_SKIP=4"];
const KEY_DIGITS = 16;
/** The build takes minutes on a busy machine and never hours. */
const BUILD_MS = 30 * 60_000;

/**
 * Builds programs of the kernel's own tools/testing/selftests/mm with its own Makefile from the pristine source, or
 * finds them in the cache; they are the same for every kernel that is tested.
 * @returns paths of the programs
 * @throws InfrastructureError MM_SELFTESTS_BUILD with the compiler's words; UsageError TOOLCHAIN_MISSING
 */
export async function ensureMmSelftests(
  $: Shell,
  source: KernelSource,
  programs: string[],
  say: (line: string) => void,
): Promise<string[]> {
  const toolchain = await findToolchain($);
  const key = sha256(JSON.stringify([source.packageName, source.version, toolchain.compiler, FLAGS, programs]));
  const dir = cacheDir("selftests", `mm-${source.version}-${key.slice(0, KEY_DIGITS)}`.replaceAll("~", "-"));
  const paths = programs.map((program) => join(dir, program));
  if ($.files.exists(dir)) return paths;
  const work = cacheDir("work", "selftests-mm");
  return withLock($, `${work}.lock`, say, async () => {
    if ($.files.exists(dir)) return paths;
    say(`building ${programs.length} programs of ${TESTS}`);
    const built = await build($, source, programs, work, toolchain);
    await $.files.makeDirectory(cacheDir("selftests"));
    // The rename comes last, so what is in the cache is always whole.
    await $.files.move(built, dir);
    await $.files.remove(work);
    return paths;
  });
}

async function build(
  $: Shell,
  source: KernelSource,
  programs: string[],
  work: string,
  toolchain: Toolchain,
): Promise<string> {
  // A copy: the Makefile writes what it finds out about the machine beside itself.
  await makeTree($, source.dir, [], work, `${source.packageName} ${source.version}`);
  const failure = {
    code: "MM_SELFTESTS_BUILD",
    remedy: "The libraries that the kernel's selftests need are installed by: npm run setup",
    timeoutMs: BUILD_MS,
  };
  const common = { cwd: work, env: makeEnvironment(), ...failure };
  await $(common)`make -s O=${BUILD_DIR} HOSTCC=${toolchain.cc} headers`;
  const output = join(work, BUILD_DIR, "mm");
  await $.files.makeDirectory(output);
  const includes = `-isystem ${join(work, BUILD_DIR, HEADERS)}`;
  const targets = programs.map((program) => join(output, program));
  const flags = [...FLAGS, ...targets];
  await $(common)`make -s -C ${TESTS} -j${toolchain.jobs} OUTPUT=${output} KHDR_INCLUDES=${includes} ${flags}`;
  return output;
}

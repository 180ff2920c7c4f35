import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Shell } from "../base/shell.ts";
import { cpioArchive, FILE } from "./cpio.ts";

const sourceDir = join(import.meta.dirname, "programs");
/** Static, so that they run on any host, whatever its libraries. */
const FLAGS = ["-O2", "-Wall", "-Wextra", "-static", "-pthread"];

/** Names of our own C programs for the host under test. */
export function hostPrograms(): string[] {
  return readdirSync(sourceDir)
    .filter((file) => file.endsWith(".c"))
    .sort()
    .map((file) => file.slice(0, -2));
}

/** All that the programs are made of, headers included, as one text. */
export function programSources(): string {
  const files = readdirSync(sourceDir).sort();
  return files.map((file) => `${file}\n${readFileSync(join(sourceDir, file), "utf8")}`).join("\n");
}

/**
 * Compiles programs, all by default, into the directory.
 * @throws InfrastructureError HOST_PROGRAM with the compiler's words
 */
export async function compileHostPrograms($: Shell, directory: string, names = hostPrograms()): Promise<void> {
  for (const name of names) await compileStatic($, join(sourceDir, `${name}.c`), directory);
}

/**
 * Compiles one C file to a static program. Its directory is not part of its name: the assembler does not take a `"`.
 * @returns path of the program
 * @throws InfrastructureError HOST_PROGRAM with the compiler's words
 */
export async function compileStatic($: Shell, source: string, directory: string): Promise<string> {
  const program = resolve(directory, basename(source, ".c"));
  await $({
    cwd: dirname(source),
    code: "HOST_PROGRAM",
    remedy: `Correct ${source}; the compiler comes with: npm run setup`,
  })`gcc ${FLAGS} -o ${program} ${basename(source)}`;
  return program;
}

/** Static programs of this machine, for /usr/local/bin of one boot: an archive to append to the root's. */
export async function programsArchive($: Shell, paths: string[]): Promise<Buffer> {
  const entry = (path: string) => ({ path: `usr/local/bin/${basename(path)}`, mode: FILE | 0o755 });
  // A dry run has no image of the guest's kernel.
  const read = async (path: string) => ({ ...entry(path), content: await $.files.readBytes(path, "") });
  return cpioArchive(await Promise.all(paths.map(read)));
}

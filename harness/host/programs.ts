import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Shell } from "../base/shell.ts";
import { cpioArchive, FILE } from "./cpio.ts";

const sourceDir = join(import.meta.dirname, "programs");
/** Static, so that they run on any host, whatever its libraries. */
const FLAGS = ["-O2", "-Wall", "-Wextra", "-static", "-pthread"];

/** Names of our own C programs for the host under test. */
export function guestPrograms(): string[] {
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
 * @throws InfrastructureError GUEST_PROGRAM with the compiler's words
 */
export async function compileGuestPrograms($: Shell, directory: string, names = guestPrograms()): Promise<void> {
  for (const name of names) {
    await $({
      code: "GUEST_PROGRAM",
      remedy: "Correct the program under harness/host/programs; the compiler comes with: npm run setup",
    })`gcc ${FLAGS} -o ${join(directory, name)} ${join(sourceDir, `${name}.c`)}`;
  }
}

/** Static programs of this machine, for /usr/local/bin of one boot: an archive to append to the root's. */
export function programsArchive(paths: string[]): Buffer {
  const entry = (path: string) => ({ path: `usr/local/bin/${basename(path)}`, mode: FILE | 0o755 });
  return cpioArchive(paths.map((path) => ({ ...entry(path), content: readFileSync(path) })));
}

import { resolve } from "node:path";
import { cacheDir } from "../../base/paths.ts";
import type { Base } from "../../kernel/bases.ts";
import { fetchSource } from "../../kernel/source.ts";
import { type BaseRepository, baseRepository } from "../../patches/base-repository.ts";

/** Progress goes to stderr: stdout is the answer. */
export const say = (line: string) => void process.stderr.write(`${line}\n`);
export const print = (line: string) => void process.stdout.write(`${line}\n`);

/** What the argument of a command that takes a base is. */
export const BASE_HELP = "kernel base, a key of configs/kernels.yaml";

/** The base's source as a repository, fetched and made when it is not there yet. */
export async function repository(base: Base): Promise<BaseRepository> {
  return baseRepository(await fetchSource(base, say), say);
}

/** Where the worktree of a base is, unless --dir says another place. */
export function worktreeDir(base: Base, dir: string | undefined): string {
  return dir === undefined ? cacheDir("worktree", base.name) : resolve(dir);
}

import { resolve } from "node:path";
import { namingDiskFaults } from "../../base/disk-fault.ts";
import { say } from "../../base/output.ts";
import { cacheDir, cachePlace } from "../../base/paths.ts";
import type { Shell } from "../../base/shell.ts";
import type { Base } from "../../kernel/bases.ts";
import { fetchSource } from "../../kernel/source.ts";
import { type BaseRepository, baseRepository } from "../../patches/base-repository.ts";

/** What the argument of a command that takes a base is. */
export const BASE_HELP = "kernel base, a key of configs/kernels.yaml";

/** The base's source as a repository, fetched and made when it is not there yet. */
export async function repository($: Shell, base: Base): Promise<BaseRepository> {
  return baseRepository($, await fetchSource($, base, say), say);
}

/** Where the worktree of a base is, unless --dir says another place. */
export function worktreeDir(base: Base, dir: string | undefined): string {
  return dir === undefined ? cacheDir("worktree", base.name) : resolve(dir);
}

/** An action of a command: repositories and worktrees are in the cache, and what is wrong with its disk is told as that. */
export function inCache<Args extends unknown[]>($: Shell, action: ($: Shell, ...args: Args) => Promise<void>) {
  return (...args: Args): Promise<void> => namingDiskFaults(cachePlace(), () => action($, ...args));
}

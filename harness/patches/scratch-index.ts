import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Shell } from "../base/shell.ts";
import { git } from "./git.ts";

/**
 * Works in an index of its own that begins as a commit's tree: the repository needs no worktree, and nothing of its is
 * changed but that objects are added.
 * @param work gets the environment for git, and a directory for other files; both are gone afterwards
 */
export async function withIndex<T>(
  $: Shell,
  repository: string,
  commit: string,
  work: (env: NodeJS.ProcessEnv, scratch: string) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), "prezero-index-"));
  try {
    const env = { GIT_INDEX_FILE: join(scratch, "index") };
    await git($, repository, ["read-tree", commit], { env });
    return await work(env, scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

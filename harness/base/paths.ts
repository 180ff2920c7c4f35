import { homedir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import type { Place } from "./disk-fault.ts";
import type { Shell } from "./shell.ts";

/** Root of the checkout that this harness belongs to. */
export const projectDir = resolve(import.meta.dirname, "../..");

/**
 * Everything derived lives here, keyed by content: `$PREZERO_CACHE`, else `$XDG_CACHE_HOME/prezero`, else
 * `~/.cache/prezero`. An empty variable is one that is not set.
 */
export function cacheDir(...parts: string[]): string {
  const { PREZERO_CACHE, XDG_CACHE_HOME } = process.env;
  const home = () => homedir() || userInfo().homedir;
  return resolve(PREZERO_CACHE || join(XDG_CACHE_HOME || join(home(), ".cache"), "prezero"), ...parts);
}

/** The cache, for errors about its disk. */
export function cachePlace(): Place {
  return {
    path: cacheDir(),
    holds: "the cache",
    elsewhere: "PREZERO_CACHE=DIR",
    makeRoom: "Make room there (the whole cache can be deleted; a kernel takes about 2.5 GiB to build)",
  };
}

/** Path inside the checkout. */
export function projectPath(...parts: string[]): string {
  return join(projectDir, ...parts);
}

/** Commit of the checkout, `-dirty` appended when tracked files differ from it; null outside a git checkout. */
export async function checkoutCommit($: Shell): Promise<string | null> {
  const describe = ["describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"];
  const answer = await $.ask`git -C ${projectDir} ${describe}`.catch(() => undefined);
  return answer?.stdout.trim() || null;
}

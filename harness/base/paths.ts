import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Root of the checkout that this harness belongs to. */
export const projectDir = resolve(import.meta.dirname, "../..");

/** Everything derived lives here, keyed by content: `$PREZERO_CACHE`, else `$XDG_CACHE_HOME/prezero`, else `~/.cache/prezero`. */
export function cacheDir(...parts: string[]): string {
  const root = process.env.PREZERO_CACHE ?? join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "prezero");
  return join(root, ...parts);
}

/** Path inside the checkout. */
export function projectPath(...parts: string[]): string {
  return join(projectDir, ...parts);
}

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import type { Shell } from "../base/shell.ts";
import { git } from "./git.ts";

/** Debian's packages end .gitignore with this, because their own repository holds debian/ alone. */
const HIDES_ALL = /^(\/\*|!\/debian\/)$/;

/**
 * Lets git see new files in a worktree: takes the pattern that hides everything out of the worktree's .gitignore, and
 * tells git not to look at that file, so that the change becomes part of no commit.
 */
export async function unhideNewFiles($: Shell, dir: string): Promise<void> {
  const file = join(dir, ".gitignore");
  if (!existsSync(file)) return;
  const before = (await readFile(file, "utf8")).split("\n");
  const after = before.filter((line) => !HIDES_ALL.test(line));
  if (after.length === before.length) return;
  await git($, dir, ["update-index", "--skip-worktree", ".gitignore"]);
  writeFileAtomic(file, after.join("\n"));
}

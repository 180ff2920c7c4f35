import type { Command } from "commander";
import { print, say } from "../../base/output.ts";
import type { Shell } from "../../base/shell.ts";
import { findBase, seriesDir } from "../../kernel/bases.ts";
import { editPatches, planEdit } from "../../patches/edit.ts";
import { BASE_HELP, inCache, repository, worktreeDir } from "./places.ts";

type Options = { dir?: string; dryRun?: boolean };

export function registerEdit(patches: Command, $: Shell): void {
  patches
    .command("edit")
    .argument("<base>", BASE_HELP)
    .description("make a git worktree of the base's exact source with one commit per patch")
    .option("--dir <dir>", "where the worktree goes (default: the cache directory)")
    .option("--dry-run", "print the commands, run nothing")
    .action(inCache($, edit));
}

async function edit($: Shell, name: string, options: Options): Promise<void> {
  const base = await findBase(name);
  const dir = worktreeDir(base, options.dir);
  if (options.dryRun) return planEdit(base, dir, seriesDir(base)).then((lines) => print(...lines));
  const edited = await editPatches($, { base: await repository($, base), dir, patchesDir: seriesDir(base), say });
  const what = { created: "made", updated: "moved to the patch files as they are now", current: "there already" };
  print(`${dir}`);
  say(`worktree ${what[edited.outcome]}: ${edited.commits.length} commits, one per patch`);
  say("change them (git commit --amend, git rebase -i), add one for a new patch, then:");
  say(`  npm run patches -- refresh ${base.name}${options.dir ? ` --dir ${dir}` : ""}`);
}

import type { Command } from "commander";
import { print } from "../../base/output.ts";
import type { Shell } from "../../base/shell.ts";
import { findBase, seriesDir } from "../../kernel/bases.ts";
import { planRefresh, refreshPatches } from "../../patches/refresh.ts";
import { BASE_HELP, inCache, repository, worktreeDir } from "./places.ts";

type Options = { dir?: string; force?: boolean; dryRun?: boolean };

export function registerRefresh(patches: Command, $: Shell): void {
  patches
    .command("refresh")
    .argument("<base>", BASE_HELP)
    .description("write the commits of the worktree back as patch files, byte for byte the same everywhere")
    .option("--dir <dir>", "the worktree, or any git tree with the base's files as one commit")
    .option("--force", "overwrite patch files that changed after the worktree was made")
    .option("--dry-run", "say which files would change and by which commands, write nothing")
    .action(inCache($, refresh));
}

async function refresh($: Shell, name: string, options: Options): Promise<void> {
  const base = await findBase(name);
  const dir = worktreeDir(base, options.dir);
  if (options.dryRun) print(...planRefresh(dir));
  const written = await refreshPatches($, {
    base: await repository($, base),
    dir,
    patchesDir: seriesDir(base),
    ...(options.force ? { force: true } : {}),
    ...(options.dryRun ? { dryRun: true } : {}),
  });
  for (const kind of ["added", "changed", "removed", "unchanged"] as const) {
    for (const patch of written[kind]) print(`${kind.padEnd(9)} ${patch}`);
  }
}

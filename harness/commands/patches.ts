import { resolve } from "node:path";
import type { Command } from "commander";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { cacheDir, projectPath } from "../base/paths.ts";
import { type Base, findBase } from "../kernel/bases.ts";
import { fetchSource } from "../kernel/source.ts";
import { type BaseRepository, baseRepository } from "../patches/base-repository.ts";
import { checkSeries } from "../patches/check/check.ts";
import { ktapReport, showReport } from "../patches/check/show.ts";
import { editPatches } from "../patches/edit.ts";
import { planCheck, planEdit, planRefresh } from "../patches/plan.ts";
import { refreshPatches } from "../patches/refresh.ts";

type CheckFlags = { fast?: boolean; json?: boolean; ktap?: string; dryRun?: boolean };
type Shared = { dir?: string; dryRun?: boolean };

/** Progress goes to stderr: stdout is the answer. */
const say = (line: string) => void process.stderr.write(`${line}\n`);
const print = (line: string) => void process.stdout.write(`${line}\n`);

export function register(program: Command): void {
  const patches = program.command("patches").description("the patch generator: change the series and check it");
  patches
    .command("edit")
    .argument("<base>", "kernel base, a key of configs/kernels.yaml")
    .description("make a git worktree of the base's exact source with one commit per patch")
    .option("--dir <dir>", "where the worktree goes (default: the cache directory)")
    .option("--dry-run", "print the commands, run nothing")
    .action(edit);
  patches
    .command("refresh")
    .argument("<base>", "kernel base, a key of configs/kernels.yaml")
    .description("write the commits of the worktree back as patch files, byte for byte the same everywhere")
    .option("--dir <dir>", "the worktree, or any git tree with the base's files as one commit")
    .option("--force", "overwrite patch files that changed after the worktree was made")
    .option("--dry-run", "say which files would change and by which commands, write nothing")
    .action(refresh);
  patches
    .command("check")
    .argument("[base]", "kernel base, a key of configs/kernels.yaml (default: the file's default)")
    .description(
      "each patch: applies exactly, checkpatch --strict, kernel-doc, coccicheck, builds with the option on and off, sparse; the series: builds in extreme configurations",
    )
    .option("--fast", "leave out what compiles, and coccicheck")
    .option("--json", "the report as JSON on stdout")
    .option("--ktap <file>", "also write the report as KTAP")
    .option("--dry-run", "print the commands, run nothing")
    .action(check);
}

async function edit(name: string, options: Shared): Promise<void> {
  const base = await findBase(name);
  const dir = worktreeDir(base, options.dir);
  if (options.dryRun) return planEdit(base, dir, patchesDir(base)).then((lines) => lines.forEach(print));
  const edited = await editPatches({ base: await repository(base), dir, patchesDir: patchesDir(base), say });
  const what = { created: "made", updated: "moved to the patch files as they are now", current: "there already" };
  print(`${dir}`);
  say(`worktree ${what[edited.outcome]}: ${edited.commits.length} commits, one per patch`);
  say("change them (git commit --amend, git rebase -i), add one for a new patch, then:");
  say(`  npm run patches -- refresh ${base.name}${options.dir ? ` --dir ${dir}` : ""}`);
}

async function refresh(name: string, options: Shared & { force?: boolean }): Promise<void> {
  const base = await findBase(name);
  const dir = worktreeDir(base, options.dir);
  if (options.dryRun) planRefresh(dir).forEach(print);
  const written = await refreshPatches({
    base: await repository(base),
    dir,
    patchesDir: patchesDir(base),
    ...(options.force ? { force: true } : {}),
    ...(options.dryRun ? { dryRun: true } : {}),
  });
  for (const kind of ["added", "changed", "removed", "unchanged"] as const) {
    for (const patch of written[kind]) print(`${kind.padEnd(9)} ${patch}`);
  }
}

async function check(name: string | undefined, options: CheckFlags): Promise<void> {
  const base = await findBase(name);
  if (options.dryRun)
    return planCheck(base, patchesDir(base), options.fast === true).then((lines) => lines.forEach(print));
  const source = await fetchSource(base, say);
  const report = await checkSeries({
    name: base.name,
    base: await baseRepository(source, say),
    sourceDir: source.dir,
    patchesDir: patchesDir(base),
    onTop: base.nativePatches === undefined ? [] : [projectPath(base.nativePatches)],
    fragments: base.fragments,
    fast: options.fast === true,
    say,
  });
  print(options.json ? JSON.stringify(report, null, 2) : showReport(report));
  if (options.ktap !== undefined) writeFileAtomic(resolve(options.ktap), ktapReport(report));
  if (!report.ok) process.exitCode = 1;
}

async function repository(base: Base): Promise<BaseRepository> {
  return baseRepository(await fetchSource(base, say), say);
}

function patchesDir(base: Base): string {
  return projectPath(base.patches);
}

function worktreeDir(base: Base, dir: string | undefined): string {
  return dir === undefined ? cacheDir("worktree", base.name) : resolve(dir);
}

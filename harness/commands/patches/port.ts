import { type Command, Option } from "commander";
import { print, say } from "../../base/output.ts";
import type { Shell } from "../../base/shell.ts";
import { type Base, findBase, seriesDir } from "../../kernel/bases.ts";
import { gitCommand } from "../../patches/git.ts";
import { portDiff, replacedDiff } from "../../patches/port/diffs.ts";
import { type ConflictHint, functionsChanged, hintsFor } from "../../patches/port/hints.ts";
import {
  abortPort,
  continuePort,
  type Ported,
  type PortTarget,
  rebaseArguments,
  requireTwoBases,
  startPort,
} from "../../patches/port/port.ts";
import { requirePort } from "../../patches/port/state.ts";
import { readSeries } from "../../series/series.ts";
import { BASE_HELP, inCache, repository, worktreeDir } from "./places.ts";

type Options = { from: string; to: string; dir?: string; continue?: boolean; abort?: boolean; dryRun?: boolean };

export function registerPort(patches: Command, $: Shell): void {
  patches
    .command("port")
    .description("bring the series of one base to another: a git rebase in a new worktree, with hints where it stops")
    .requiredOption("--from <base>", `whose series: ${BASE_HELP}`)
    .requiredOption("--to <base>", `where to: ${BASE_HELP}`)
    .option("--dir <dir>", "where the worktree goes (default: the cache directory)")
    .addOption(new Option("--continue", "go on after conflicts were resolved").conflicts("abort"))
    .option("--abort", "give the port up and remove its worktree")
    .option("--dry-run", "print the commands, run nothing")
    .action(inCache($, port));
}

async function port($: Shell, options: Options): Promise<void> {
  requireTwoBases(options);
  const [from, to] = [await findBase(options.from), await findBase(options.to)];
  const dir = worktreeDir(to, options.dir);
  if (options.dryRun) return print(gitCommand(dir, rebaseArguments("ROOT", "START", "LAST")));
  const target = { base: await repository($, to), dir, patchesDir: seriesDir(to) };
  if (options.abort || options.continue) await requirePort($, dir, { from: from.name, to: to.name });
  if (options.abort) {
    await abortPort($, target);
    return say(`the port is given up; ${dir} is removed`);
  }
  const ported = options.continue ? await continuePort($, target) : await begin($, from, to, target);
  if (ported.state === "finished") return finished($, target, ported, options);
  const hints = await hintsFor($, ported.conflicts, target.base, functionsChanged(await readSeries(seriesDir(from))));
  print(showConflicts(ported, hints, again(options)));
  process.exitCode = 1;
}

async function begin($: Shell, from: Base, to: Base, target: PortTarget): Promise<Ported> {
  const series = await readSeries(seriesDir(from));
  const names = { from: from.name, to: to.name };
  const ported = await startPort($, target, names, { base: await repository($, from), series }, say);
  print(target.dir);
  return ported;
}

async function finished(
  $: Shell,
  target: PortTarget,
  ported: Ported & { state: "finished" },
  options: Options,
): Promise<void> {
  const color = process.stdout.isTTY === true;
  print((await portDiff($, target, ported.port, color)).trimEnd());
  const replaced = await replacedDiff($, target, color);
  if (replaced !== undefined) print(`\nagainst the series that ${options.to} has now:\n${replaced.trimEnd()}`);
  const dropped = ported.dropped > 0 ? `, ${ported.dropped} left out because nothing of them was left to do` : "";
  for (const patch of ported.remembered) say(`resolved as it was before: ${patch}`);
  say(`the series is in ${target.dir}: ${ported.commits} patches${dropped}. Look at it, build it, then:`);
  say(`  npm run patches -- refresh ${options.to}${options.dir ? ` --dir ${target.dir}` : ""}`);
}

function again({ from, to, dir }: Options): string {
  return `npm run patches -- port --from ${from} --to ${to}${dir ? ` --dir ${dir}` : ""}`;
}

/** What waits for the user, and how to go on; `again` is the command without its --continue or --abort. */
function showConflicts(ported: Ported & { state: "conflicts" }, hints: ConflictHint[], again: string): string {
  const places = hints.flatMap(({ file, lines }) => [file, ...lines.map((line) => `  ${line}`)]);
  return [
    `CONFLICT in "${ported.patch}" (${ported.port.from} to ${ported.port.to}):`,
    ...places,
    "",
    "Resolve it in the files, in the worktree (an ordinary git rebase), then:",
    `  ${again} --continue`,
    `  ${again} --abort      gives the port up and removes the worktree`,
  ].join("\n");
}

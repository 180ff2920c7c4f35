import { resolve } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { loadSummary } from "../../analysis/summarize.ts";
import { projectPath } from "../../base/paths.ts";
import type { Shell } from "../../base/shell.ts";
import { findBase } from "../../kernel/bases.ts";
import { fetchSource } from "../../kernel/source.ts";
import { baseRepository } from "../../patches/base-repository.ts";
import { exportSeries, formatMails } from "../../patches/export/export.ts";
import { callerIdentity } from "../../patches/export/identity.ts";
import { readLetter } from "../../patches/export/letter.ts";
import { maintainersCommand, recipientsOf } from "../../patches/export/maintainers.ts";
import { previousExport, versionPrefix } from "../../patches/export/previous.ts";
import { gitCommand } from "../../patches/git.ts";
import { rfcTable } from "../../report/rfc-table.ts";
import { resolveRunDir } from "../../run/store.ts";
import { readSeries } from "../../series/series.ts";
import { BASE_HELP, patchesDir, print, say } from "./places.ts";

type Options = {
  out: string;
  rerollCount: number;
  run: string[];
  previous?: string;
  force?: boolean;
  dryRun?: boolean;
};

export function registerExport(patches: Command, $: Shell): void {
  patches
    .command("export")
    .argument("<base>", BASE_HELP)
    .description("write the series as mails with your sign-off and a cover letter; sends nothing")
    .option("--out <dir>", "where the mails go", "outgoing")
    .option(
      "--reroll-count <n>",
      "version of the series, also as -vN; from 2 on the letter has a range-diff to the one before",
      versionOf,
      1,
    )
    .option("--previous <dir>", "where the version before is (default: --out)")
    .option("--run <run>", "put the table of this run into the letter (may be given again)", append, [])
    .option("--force", "overwrite mails of the same version")
    .option("--dry-run", "print the commands, run nothing")
    .action((name, options) => exportMails($, name, options));
}

async function exportMails($: Shell, name: string, options: Options): Promise<void> {
  const base = await findBase(name);
  const series = await readSeries(patchesDir(base));
  const outDir = resolve(options.out);
  const who = await callerIdentity($);
  if (options.dryRun) {
    const paths = series.patches.map(({ path }) => path);
    for (const kind of ["to", "cc"] as const) print(maintainersCommand("SOURCE", kind, paths).join(" "));
    const args = formatMails(options.rerollCount, who, { to: ["MAINTAINERS"], cc: ["LISTS"] });
    return print(gitCommand("REPOSITORY", [...args, `--output-directory=${outDir}`, "ROOT..LAST"]));
  }
  const letter = await readLetter([patchesDir(base), projectPath("kernel-patches")]);
  const tables = options.run.map((run) => rfcTable(loadSummary(resolveRunDir(run))));
  const source = await fetchSource($, base, say);
  const repository = await baseRepository($, source, say);
  const before = resolve(options.previous ?? outDir);
  const previous =
    options.rerollCount > 1 ? await previousExport($, repository, before, options.rerollCount - 1) : undefined;
  const recipients = await recipientsOf(
    $,
    source.dir,
    series.patches.map(({ path }) => path),
  );
  const written = await exportSeries($, {
    base: repository,
    series,
    outDir,
    version: options.rerollCount,
    who,
    recipients,
    letter,
    tables,
    ...(previous ? { previous } : {}),
    ...(options.force ? { force: true } : {}),
  });
  written.forEach(print);
  if (tables.length === 0)
    say("NOTE: the letter has no measured table; --run RUN puts one in (npm run results lists them)");
  say(`signed off by ${who}. Look at every mail; nothing was sent. To see what would be:`);
  say(`  git send-email --dry-run ${outDir}/${versionPrefix(options.rerollCount)}0*.patch`);
}

function versionOf(text: string): number {
  const version = Number(text);
  if (!Number.isInteger(version) || version < 1 || version > 99) throw new InvalidArgumentError("Allowed: 1 to 99.");
  return version;
}

function append(value: string, before: string[]): string[] {
  return [...before, value];
}

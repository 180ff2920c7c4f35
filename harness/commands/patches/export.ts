import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { loadSummary } from "../../analysis/summarize.ts";
import { count, option } from "../../base/option.ts";
import { print, say } from "../../base/output.ts";
import { projectPath } from "../../base/paths.ts";
import { dryRun, type Shell } from "../../base/shell.ts";
import { type Base, findBase, seriesDir } from "../../kernel/bases.ts";
import { fetchSource } from "../../kernel/source.ts";
import { baseRepository } from "../../patches/base-repository.ts";
import { type ExportOptions, exportSeries } from "../../patches/export/export.ts";
import { readLetter, recipientsOf } from "../../patches/export/letter.ts";
import { requireRunOf } from "../../patches/export/measured-run.ts";
import { previousExport, versionPrefix } from "../../patches/export/previous.ts";
import { callerIdentity } from "../../patches/export/sign-off.ts";
import { rfcTable } from "../../report/rfc-table.ts";
import { resolveRunDir } from "../../run/store.ts";
import { readSeries, type Series } from "../../series/series.ts";
import { BASE_HELP, inCache } from "./places.ts";

type Options = {
  out: string;
  rerollCount: number;
  rfc?: boolean;
  run?: string[];
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
    .addOption(
      option(
        "--reroll-count <n>",
        "version of the series, also as -vN; from 2 on the letter has a range-diff to the one before",
        count(99),
        1,
      ),
    )
    .option("--rfc", "ask for comments: [PATCH RFC] in the subjects")
    .option("--previous <dir>", "where the version before is (default: --out)")
    .option("--run <run>", "put the table of this run of the series into the letter; repeatable", append)
    .option("--force", "overwrite mails of the same version")
    .option("--dry-run", "print the commands, run nothing")
    .action(inCache($, exportMails));
}

async function exportMails($: Shell, name: string, options: Options): Promise<void> {
  const base = await findBase(name);
  const series = await readSeries(seriesDir(base));
  const outDir = resolve(options.out);
  const who = await callerIdentity($);
  const mails = { version: options.rerollCount, who, ...(options.rfc ? { rfc: true } : {}) };
  const work = ($: Shell) => write($, base, series, outDir, mails, options);
  if (options.dryRun) return print(...(await dryRun($, work)));
  const { written, tables } = await work($);
  print(...written);
  if (tables.length === 0)
    say("NOTE: the letter has no measured table; --run RUN puts one in (npm run results lists them)");
  say(`signed off by ${who}. Look at every mail; nothing was sent. To see what would be:`);
  say(`  git send-email --dry-run ${outDir}/${versionPrefix(options.rerollCount)}0*.patch`);
}

/** @returns the files, and the tables that stand in the letter */
async function write(
  $: Shell,
  base: Base,
  series: Series,
  outDir: string,
  mails: Pick<ExportOptions, "version" | "who" | "rfc">,
  options: Options,
): Promise<{ written: string[]; tables: string[] }> {
  const letter = await readLetter([seriesDir(base), projectPath("kernel-patches")]);
  const runs = (options.run ?? []).map((run) => loadSummary(resolveRunDir(run)));
  const source = await fetchSource($, base, say);
  for (const { run } of runs) requireRunOf(run, series, source);
  const tables = runs.map(rfcTable);
  const repository = await baseRepository($, source, say);
  if (!existsSync(repository.gitDir)) $.endDryRun("the mails are made of the base's source, which is not here");
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
    ...mails,
    recipients,
    letter,
    tables,
    ...(previous ? { previous } : {}),
    ...(options.force ? { force: true } : {}),
  });
  return { written, tables };
}

function append(value: string, before: string[] = []): string[] {
  return [...before, value];
}

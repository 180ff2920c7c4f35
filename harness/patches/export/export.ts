import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeFileAtomic } from "../../base/atomic-write.ts";
import { namingDiskFaults } from "../../base/disk-fault.ts";
import { InfrastructureError, UsageError } from "../../base/errors.ts";
import type { Shell } from "../../base/shell.ts";
import { parsePatchFile } from "../../series/patch-file.ts";
import type { Series } from "../../series/series.ts";
import type { BaseRepository } from "../base-repository.ts";
import { commitOnBase } from "../commit-series.ts";
import { git, gitText } from "../git.ts";
import { type CommitRange, CREATION_FACTOR } from "../range-diff.ts";
import { baseRecord } from "../render.ts";
import { fillLetter, type Letter, type Recipients } from "./letter.ts";
import { isOfVersion, versionPrefix } from "./previous.ts";
import { asGitEnv, type Identity, projectIdentity, signedCommits } from "./sign-off.ts";

export type ExportOptions = {
  base: BaseRepository;
  series: Series;
  /** Where the mails go; made when it is not there. */
  outDir: string;
  /** 1 for the first. */
  version: number;
  who: Identity;
  /** Whose patches go out under the name of who exports them; that of package.json when absent. */
  project?: Identity;
  recipients: Recipients;
  letter: Letter;
  /** Measured tables, plain text. */
  tables: string[];
  /** Asks for comments, not to be merged: the subjects say so. */
  rfc?: boolean;
  /** The version before; undefined for the first. */
  previous?: CommitRange;
  /** Overwrite mails of the same version. */
  force?: boolean;
};

/** What distinguishes the mails of one export from those of another. */
export type MailOptions = Pick<ExportOptions, "version" | "rfc" | "who" | "recipients" | "previous">;

/** Arguments of git format-patch that make the mails of a version; its output directory and the commits come after. */
export function formatMails({ version, rfc, who, recipients: { to, cc }, previous }: MailOptions): string[] {
  return [
    "format-patch",
    "--quiet",
    "--cover-letter",
    "--cover-from-description=none",
    "--thread=shallow",
    "--numbered",
    "--stat=72,50",
    "--diff-algorithm=histogram",
    "--no-notes",
    // As b4 has it: [PATCH RFC v2 0/4].
    `--subject-prefix=PATCH${rfc ? " RFC" : ""}`,
    ...(version > 1 ? [`--reroll-count=${version}`] : []),
    `--from=${who}`,
    ...to.map((address) => `--to=${address}`),
    ...cc.map((address) => `--cc=${address}`),
    ...(previous ? [`--range-diff=${previous.base}..${previous.head}`, CREATION_FACTOR] : []),
  ];
}

/**
 * Writes a series as mails: a cover letter and the signed patches, one file each, and all of them as one mbox. What is
 * written is proved first: applied to the base again, it gives the tree of the series. Nothing is sent.
 * @returns paths of the files, the mbox last
 * @throws UsageError SERIES_EMPTY, EXPORT_EXISTS, EXPORT_INTO_SERIES, PATCH_DOES_NOT_APPLY; InfrastructureError EXPORT_NOT_FAITHFUL
 */
export async function exportSeries($: Shell, options: ExportOptions): Promise<string[]> {
  const { series, outDir, version } = options;
  if (series.patches.length === 0) {
    throw new UsageError({
      code: "SERIES_EMPTY",
      message: `${series.dir} has no patches, so there is nothing to export.`,
      remedy: "Port the series there first (npm run patches -- port), or export another base.",
    });
  }
  const replaced = await mailsThere(outDir, version, options.force === true);
  return namingDiskFaults({ path: outDir, holds: "the mails", elsewhere: "--out DIR" }, () =>
    write($, options, replaced),
  );
}

/** @param replaced mails that are to go */
async function write($: Shell, options: ExportOptions, replaced: string[]): Promise<string[]> {
  const { base, series, outDir, version, who, letter, tables } = options;
  const head = (await signedCommits($, base, series.patches, who, options.project ?? (await projectIdentity()))).at(
    -1,
  ) as string;
  await $.files.makeDirectory(outDir);
  const scratch = await mkdtemp(join($.scratch ?? outDir, ".partial-"));
  try {
    const args = [...formatMails(options), `--output-directory=${scratch}`];
    await git($, base.gitDir, [...args, `${base.root}..${head}`], { env: asGitEnv("COMMITTER", who) });
    const names = (await readdir(scratch)).sort();
    const tree = await gitText($, base.gitDir, ["rev-parse", `${base.root}^{tree}`]);
    const record = [`base-commit: ${base.root}`, ...baseRecord(base), `base-tree: ${tree}`];
    const [cover = "", ...patches] = await Promise.all(names.map((name) => readFile(join(scratch, name), "utf8")));
    const mails = [fillLetter(cover, letter, tables, record), ...patches].map(headersUnfolded);
    for (const [index, name] of names.entries()) writeFileAtomic(join(scratch, name), mails[index] as string);
    await prove($, base, head, names.slice(1), mails.slice(1));
    const mbox = `${versionPrefix(version)}series.mbox`;
    writeFileAtomic(join(scratch, mbox), mails.map((mail) => `${mail.trimEnd()}\n\n`).join(""));
    for (const name of replaced) await $.files.remove(join(outDir, name));
    for (const name of [...names, mbox]) await $.files.move(join(scratch, name), join(outDir, name));
    return [...names, mbox].map((name) => join(outDir, name));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Git folds a long From: or Subject: into several lines, which some versions of b4 cannot read. */
function headersUnfolded(mail: string): string {
  const end = mail.indexOf("\n\n");
  const head = mail
    .slice(0, end)
    .replace(/^(?:From|Subject): .*(?:\n[ \t]+.*)+/gm, (field) => field.replace(/\n[ \t]+/g, " "));
  return head + mail.slice(end);
}

/** Mails of the same version, which only --force replaces; the patches of a base are named like mails and are none. */
async function mailsThere(outDir: string, version: number, force: boolean): Promise<string[]> {
  const names: string[] = await readdir(outDir).catch(() => []);
  if (names.includes("series")) {
    throw new UsageError({
      code: "EXPORT_INTO_SERIES",
      message: `${outDir} is a directory of patches, with a file \`series\`; mails have no place there.`,
      remedy: "Name another directory with --out.",
    });
  }
  const there = names.filter((name) => isOfVersion(name, version));
  if (there.length === 0 || force) return there;
  throw new UsageError({
    code: "EXPORT_EXISTS",
    message: `${outDir} has version ${version} of the series already (${there.length} files).`,
    remedy: `Export the next version (-v${version + 1}), another directory with --out, or overwrite with --force.`,
  });
}

async function prove($: Shell, base: BaseRepository, head: string, names: string[], mails: string[]): Promise<void> {
  const parsed = names.map((name, index) => parsePatchFile(name, mails[index] ?? ""));
  const again = (await commitOnBase($, base, parsed)).at(-1);
  const trees = await gitText($, base.gitDir, ["rev-parse", `${head}^{tree}`, `${again}^{tree}`]);
  if (new Set(trees.split("\n")).size === 1) return;
  throw new InfrastructureError({
    code: "EXPORT_NOT_FAITHFUL",
    message: "The mails do not give the tree of the series when they are applied.",
    remedy: "Look for a line `---`, `diff ` or `From ` that starts a line of a changelog, and reword it.",
  });
}

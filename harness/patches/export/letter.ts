import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../base/errors.ts";
import type { Shell } from "../../base/shell.ts";

/** What a cover letter says, before git adds the list of patches and the diffstat. */
export type Letter = { subject: string; body: string };

/** A line of the letter's text where the measured tables go. */
const TABLES = "@TABLES@";
/** That line with what stands right above it and introduces the tables: without any, it has nothing to speak of. */
const TABLES_AND_INTRODUCTION = new RegExp(`((?:^.+\\n)*)^${TABLES}$`, "m");
const SHAPE = `the subject, an empty line, the text; the tables go where a line says ${TABLES}, what introduces them right above it.`;
/** What git format-patch leaves to be filled in. */
const SUBJECT_HERE = "*** SUBJECT HERE ***";
const BODY_HERE = "*** BLURB HERE ***";

/**
 * Reads the text of the cover letter: the subject, an empty line, the body.
 * @param dirs where it may be; the first that has a cover-letter.txt counts
 * @throws UsageError LETTER_MISSING, LETTER_INVALID
 */
export async function readLetter(dirs: string[]): Promise<Letter> {
  const path = dirs.map((dir) => join(dir, "cover-letter.txt")).find((one) => existsSync(one));
  if (path === undefined) {
    throw new UsageError({
      code: "LETTER_MISSING",
      message: `There is no cover-letter.txt in ${dirs.join(" or ")}.`,
      remedy: `Write it: ${SHAPE}`,
    });
  }
  const [subject = "", empty, ...body] = (await readFile(path, "utf8")).trimEnd().split("\n");
  const problems: [isThere: boolean, what: string][] = [
    [subject.trim() === "" || subject.includes("["), "its first line is not a subject (git adds the [PATCH])"],
    [empty !== "", "its second line is not empty"],
    [body.filter((line) => line === TABLES).length !== 1, `it has not exactly one line ${TABLES}`],
  ];
  const why = problems.find(([isThere]) => isThere)?.[1];
  if (why === undefined) return { subject, body: body.join("\n") };
  throw new UsageError({
    code: "LETTER_INVALID",
    message: `${path}: ${why}.`,
    remedy: `Allowed: ${SHAPE}`,
  });
}

/**
 * Fills in what git format-patch left open in a cover letter.
 * @param tables measured tables as plain text; without any the letter has none, and does not speak of them
 * @param record what the series was made against, for the end of the letter, where b4 has it
 */
export function fillLetter(mail: string, { subject, body }: Letter, tables: string[], record: string[]): string {
  const measured = tables.map((table) => table.trimEnd()).join("\n\n");
  const text =
    measured === ""
      ? body.replace(new RegExp(`${TABLES_AND_INTRODUCTION.source}\n*`, "m"), "")
      : body.replace(TABLES_AND_INTRODUCTION, (_, above: string) => (above === "" ? "" : `${above}\n`) + measured);
  const filled = mail.replace(SUBJECT_HERE, () => subject).replace(BODY_HERE, () => text.trimEnd());
  // Git ends a mail with its version below `-- `; readers and tools look for trailers above that.
  return filled.replace(
    /\n+-- \n[^\n]*\n+$/,
    (signature) => `\n\n---\n${record.join("\n")}\n\n${signature.trimStart()}`,
  );
}

/** Who a series goes to: maintainers (To), lists and reviewers (Cc), each `Name <address>` or an address. */
export type Recipients = { to: string[]; cc: string[] };

/** Nobody is looked up in the history of a repository that has none; what MAINTAINERS says is all. */
const ASK = ["--no-git", "--no-git-fallback", "--no-rolestats", "--no-roles", "--no-fixes"];

/**
 * Asks the base's own scripts/get_maintainer.pl about all patches of a series.
 * @throws InfrastructureError MAINTAINERS_UNKNOWN
 */
export async function recipientsOf($: Shell, sourceDir: string, patches: string[]): Promise<Recipients> {
  const script = join(sourceDir, "scripts/get_maintainer.pl");
  const ask = async (...wanted: string[]): Promise<string[]> => {
    const { stdout } = await $({
      cwd: sourceDir,
      code: "MAINTAINERS_UNKNOWN",
      remedy: "Read the script's message above; without it, address the series with `git send-email --to --cc`.",
    }).ask`perl ${script} ${ASK} ${wanted} ${patches}`;
    return [...new Set(stdout.split("\n").map((line) => line.trim()))].filter(Boolean);
  };
  // Maintainers; lists and reviewers.
  const [to, everybody] = await Promise.all([ask("--m", "--no-l", "--no-r"), ask("--no-m", "--l", "--r")]);
  return { to, cc: everybody.filter((address) => !to.includes(address)) };
}

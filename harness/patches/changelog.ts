import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Shell } from "../base/shell.ts";
import { damaged, type PatchFile } from "../series/patch-file.ts";
import { git, gitText } from "./git.ts";

/** How a mail becomes a changelog: `[PATCH]` goes, any other bracket stays; scissors mean nothing. */
export const MAILINFO = ["mailinfo", "-b", "--encoding=UTF-8", "--no-scissors"];

/** What a commit says, text that ends in a newline; who wrote it when, as the environment for git. */
export type Changelog = { message: string; env: NodeJS.ProcessEnv };

/** The changelog of a commit, for another commit that is to say the same. The committer's date is the author's. */
export async function changelogOf($: Shell, repository: string, commit: string): Promise<Changelog> {
  const format = "--format=%an%x00%ae%x00%ad%x00%B";
  const { stdout } = await git($, repository, ["log", "-1", "--date=raw", "--no-notes", format, commit]);
  const [name = "", email = "", date = "", message = ""] = stdout.split("\0");
  return { message: `${message.trimEnd()}\n`, env: authored(name, email, date) };
}

/**
 * The changelog that a mail carries.
 * @param scratch directory; the mail's diff is in its file `diff` afterwards
 * @throws UsageError PATCH_DAMAGED for a mail without subject or author
 */
export async function readMail(
  $: Shell,
  repository: string,
  mail: Pick<PatchFile, "name" | "text">,
  scratch: string,
): Promise<Changelog> {
  const args = [...MAILINFO, join(scratch, "body"), join(scratch, "diff")];
  const header = await gitText($, repository, args, { input: mail.text });
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(header)?.[1] ?? "";
  if (field("Subject") === "") throw damaged(mail.name, 1, "it has no Subject");
  if (field("Author") === "" || field("Email") === "") throw damaged(mail.name, 1, "it has no author (From:)");
  const body = (await readFile(join(scratch, "body"), "utf8")).trim();
  return {
    message: `${field("Subject")}\n${body === "" ? "" : `\n${body}\n`}`,
    env: authored(field("Author"), field("Email"), field("Date")),
  };
}

function authored(name: string, email: string, date: string): NodeJS.ProcessEnv {
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
}

/** Lines that are no text to who reads a mail with a patch. */
const TAKEN: [line: RegExp, as: string][] = [
  [/^---(?:\s*$| \S)/, "ends the changelog of a mail"],
  [/^(?:diff -|Index: )/, "begins a diff"],
  [/^From [0-9a-f]{40} /, "begins another mail"],
];

/**
 * What of a changelog a mail does not carry.
 * @param message of the commit
 * @param read the same, as {@link readMail} found it in the mail
 * @returns one clause about the first such line; undefined when it carries all
 */
export function lostInMail(message: string, read: string): string | undefined {
  const [lines, got] = [message, read].map((text) => text.trimEnd().split("\n")) as [string[], string[]];
  const named = (index: number) => `line ${index + 1} of its changelog, "${lines[index]}",`;
  for (const [index, line] of lines.entries()) {
    const taken = TAKEN.find(([pattern]) => pattern.test(line));
    if (taken) return `${named(index)} ${taken[1]}`;
  }
  const other = lines.findIndex((line, index) => line !== got[index]);
  if (other < 0) return undefined;
  return `${named(other)} is read as ${got[other] === undefined ? "nothing" : `"${got[other]}"`}`;
}

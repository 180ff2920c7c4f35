import type { Shell } from "../base/shell.ts";
import { NAMES_REF } from "./base-repository.ts";
import { git } from "./git.ts";

/** A commit that is to become a patch file. */
export type NamedCommit = {
  subject: string;
  /** Name that was recorded for the commit, if any. */
  recorded: string | undefined;
};

/** What the directory says before: names that `series` plans for new patches, and the subject of each file there. */
export type KnownPatches = { planned: string[]; subjects: Map<string, string> };

/**
 * Gives each commit the file name that it had before: the one recorded for it, else the one of the patch with the same
 * subject. A new commit takes the next name that `series` plans, else the next free number and its subject. No name is given twice.
 */
export function nameCommits(commits: NamedCommit[], known: KnownPatches): string[] {
  const taken = new Set<string>();
  const claim = (name: string | undefined): string | undefined => {
    if (name === undefined || taken.has(name)) return undefined;
    taken.add(name);
    return name;
  };
  const names = commits.map((commit) => claim(commit.recorded));
  for (const [index, commit] of commits.entries()) {
    const same = [...known.subjects].find(([name, subject]) => subject === commit.subject && !taken.has(name));
    names[index] ??= claim(same?.[0]);
  }
  const planned = known.planned.filter((name) => !known.subjects.has(name) && !taken.has(name));
  const numbers = () => [...taken, ...planned].map((name) => Number(/^\d+/.exec(name)?.[0] ?? 0));
  return names.map((name, index) => {
    if (name !== undefined) return name;
    const next = planned.shift();
    const made = next ?? `${pad(Math.max(0, ...numbers()) + 1)}-${patchSlug(commits[index]?.subject ?? "")}.patch`;
    taken.add(made);
    return made;
  });
}

function pad(number: number): string {
  return String(number).padStart(4, "0");
}

/** Longest slug; file names stay readable in a listing. */
const SLUG_CHARACTERS = 40;

/** A subject as part of a file name: `mm: page_prezero: add a pool` becomes `page-prezero-add-a-pool`. */
function patchSlug(subject: string): string {
  const words = subject
    .replace(/^[a-z_-]+: +(?=.*\S)/i, "")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  let slug = "";
  for (const word of words) {
    if (slug.length + word.length >= SLUG_CHARACTERS) break;
    slug = slug === "" ? word : `${slug}-${word}`;
  }
  return slug === "" ? "patch" : slug;
}

/**
 * Keeps the name of each commit's patch file beside the commit, in a git note that follows it through --amend and
 * rebase, so that a new subject does not make a new file.
 */
export async function recordNames($: Shell, repository: string, commits: string[], names: string[]): Promise<void> {
  const follows = await git($, repository, ["config", "--get", "notes.rewriteRef"], { okExitCodes: [0, 1] });
  if (follows.exitCode === 1) await git($, repository, ["config", "notes.rewriteRef", NAMES_REF]);
  for (const [index, commit] of commits.entries()) {
    const args = ["notes", `--ref=${NAMES_REF}`, "add", "--force", "--message", names[index] ?? "", commit];
    await git($, repository, args);
  }
}

import { patchSlug } from "./slug.ts";

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

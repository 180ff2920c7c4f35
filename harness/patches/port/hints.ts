import { closest, distance } from "fastest-levenshtein";
import type { Shell } from "../../base/shell.ts";
import type { Series } from "../../series/series.ts";
import type { BaseRepository } from "../base-repository.ts";
import { gitLines } from "../git.ts";
import type { Conflict, Region } from "./conflicts.ts";

/** What is called, or has an underscore: names of code, not words of a comment. */
const NAME = /\b(?:[A-Za-z]\w*_\w+|[A-Za-z]\w{3,}(?=\())/g;
/** Share of a name's letters that may differ for the other to be taken for its successor. */
const SIMILAR = 0.5;
const NAMES_SHOWN = 4;
const FILES_SHOWN = 3;
/** A name that so many files have is common in the kernel and tells nothing of what moved. */
const COMMON_FILES = 12;

/** What a conflict is about, a line each, for the person who resolves it. */
export type ConflictHint = { file: string; lines: string[] };

/**
 * Says of each conflict what has moved in the base that the series is ported to: names that the patch expects and the
 * kernel has elsewhere, under another name, or not at all.
 * @param to the base ported to; its files are searched in the directories that the conflicts are in and in include/
 * @param functions of a patch by file, for files that are gone as a whole
 */
export async function hintsFor(
  $: Shell,
  conflicts: Conflict[],
  to: BaseRepository,
  functions: Map<string, string[]>,
): Promise<ConflictHint[]> {
  const places = [...new Set(["include", ...conflicts.map(({ file }) => file.split("/")[0] ?? "")])].filter(Boolean);
  // Conflicts of one patch are about the same few names, and a search goes through thousands of files.
  const searches = new Map<string, Promise<string[]>>();
  const filesWith = (name: string) => {
    const search = searches.get(name) ?? findFiles($, to, name, places);
    searches.set(name, search);
    return search;
  };
  return Promise.all(
    conflicts.map(async (conflict) => ({
      file: conflict.file,
      lines:
        conflict.kind === "gone"
          ? await hintsForGone(conflict.file, functions.get(conflict.file) ?? [], filesWith)
          : await hintsForRegions(conflict, filesWith),
    })),
  );
}

type FilesWith = (name: string) => Promise<string[]>;

async function hintsForGone(file: string, functions: string[], filesWith: FilesWith): Promise<string[]> {
  const lines = [`there is no ${file} here: it has been split, renamed, or is not there yet`];
  for (const name of functions.slice(0, NAMES_SHOWN)) lines.push(`${name} ${whereText(await filesWith(name))}`);
  return lines;
}

async function hintsForRegions(conflict: Conflict & { kind: "content" }, filesWith: FilesWith): Promise<string[]> {
  const lines: string[] = [];
  for (const region of conflict.regions) {
    const { missing, here } = namesOf(region);
    const found = await Promise.all(missing.map(async (name) => ({ name, files: await filesWith(name) })));
    const hints = found
      .filter(({ files }) => files.length <= COMMON_FILES)
      // What is nowhere says most, what is everywhere least.
      .sort((a, b) => a.files.length - b.files.length)
      .slice(0, NAMES_SHOWN)
      .map(({ name, files }) => {
        const successor = files.length === 0 ? similarName(name, here) : undefined;
        const renamed = successor === undefined ? "" : `; ${successor} stands in its place`;
        return `${name} ${files.includes(conflict.file) ? "is elsewhere in this file" : whereText(files)}${renamed}`;
      });
    if (hints.length === 0 && region.expected.length === 0) hints.push("both add lines here; keep both");
    else if (hints.length === 0) hints.push("the lines around it are different here");
    const at = `line ${region.line}${region.inFunction ? `, ${region.inFunction}` : ""}: `;
    lines.push(...hints.map((hint) => at + hint));
  }
  return lines;
}

/** Names that the patch found in its own base and that are not in the other base's lines, and those that are instead. */
function namesOf({ ours, expected }: Region): { missing: string[]; here: string[] } {
  const own = new Set(ours.join("\n").match(NAME) ?? []);
  const before = new Set(expected.join("\n").match(NAME) ?? []);
  return {
    missing: [...before].filter((name) => !own.has(name)),
    here: [...own].filter((name) => !before.has(name)),
  };
}

function similarName(name: string, candidates: string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const found = closest(name, candidates);
  return distance(name, found) <= Math.max(name.length, found.length) * SIMILAR ? found : undefined;
}

function whereText(files: string[]): string {
  if (files.length === 0) return "is not in this kernel";
  const rest = files.length - FILES_SHOWN;
  return `is in ${files.slice(0, FILES_SHOWN).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** Files of the base that have the name as a word. */
async function findFiles($: Shell, to: BaseRepository, name: string, places: string[]): Promise<string[]> {
  const args = ["grep", "--files-with-matches", "-wF", "-e", name, to.root, "--", ...places];
  const lines = await gitLines($, to.gitDir, args, { okExitCodes: [0, 1] });
  return lines.map((line) => line.slice(to.root.length + 1));
}

const HUNK_FUNCTION = /@@ .* @@ .*?\b(\w+)\(/;

/** Functions that a series changes, by file, as git names them in the headers of the hunks. */
export function functionsChanged({ patches }: Series): Map<string, string[]> {
  const byFile = new Map<string, string[]>();
  for (const { oldPath, hunks } of patches.flatMap(({ files }) => files)) {
    if (oldPath === null) continue;
    const names = hunks.flatMap(({ header }) => HUNK_FUNCTION.exec(header)?.[1] ?? []);
    byFile.set(oldPath, [...new Set([...(byFile.get(oldPath) ?? []), ...names])]);
  }
  return byFile;
}

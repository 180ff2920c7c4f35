import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../base/errors.ts";
import type { Shell } from "../../base/shell.ts";
import { git, gitLines } from "../git.ts";

/** One place where git could not put a patch's change into the other base's file. */
export type Region = {
  /** 1-based line of the `<<<<<<<` in the file of the worktree. */
  line: number;
  /** Name of the function that the place is in, as far as the lines above tell. */
  inFunction: string | undefined;
  /** The other base's lines, the lines the patch was made against, and what the patch makes of them. */
  ours: string[];
  expected: string[];
  wanted: string[];
};

/** A file that git left for its user. gone: the patch changes it and the other base does not have it. */
export type Conflict = { file: string; kind: "content"; regions: Region[] } | { file: string; kind: "gone" };

const FUNCTION = /^[a-z_][\w\s*]*?\b(\w+)\([^;]*$/i;

/** Each unmerged file, with the stages that git has of it: 1 before both, 2 of the other base, 3 of the patch. */
async function unmergedIn($: Shell, dir: string): Promise<Map<string, Set<string>>> {
  const stages = new Map<string, Set<string>>();
  for (const line of await gitLines($, dir, ["ls-files", "--unmerged"])) {
    const [entry = "", file = ""] = line.split("\t");
    stages.set(file, (stages.get(file) ?? new Set()).add(entry.split(" ")[2] ?? ""));
  }
  return stages;
}

/** The conflicts of a worktree in the middle of a rebase. */
export async function conflictsIn($: Shell, dir: string): Promise<Conflict[]> {
  const conflicts: Conflict[] = [];
  for (const [file, present] of await unmergedIn($, dir)) {
    if (!present.has("2") || !existsSync(join(dir, file))) conflicts.push({ file, kind: "gone" });
    else conflicts.push({ file, kind: "content", regions: readRegions(await readFile(join(dir, file), "utf8")) });
  }
  return conflicts;
}

/**
 * Tells git that the conflicts of a worktree are resolved: what was resolved in the files need not be added by hand.
 * @throws UsageError PORT_CONFLICTS_LEFT for those that are not
 */
export async function takeResolutions($: Shell, dir: string): Promise<void> {
  const stages = await unmergedIn($, dir);
  const unmerged = [...stages.keys()];
  // Where one side does not have the file, marks in its text cannot tell what is to be done.
  const oneSided = unmerged.filter((file) => {
    const has = stages.get(file);
    return !(has?.has("2") && has.has("3")) && existsSync(join(dir, file));
  });
  if (oneSided.length > 0) {
    throw new UsageError({
      code: "PORT_CONFLICTS_LEFT",
      message: `One side changes and the other has not: ${oneSided.join(", ")}. Nobody has said yet which it is to be.`,
      remedy: "git rm what is to go, git add what is to stay, then say --continue again; --abort gives the port up.",
    });
  }
  const left = unmerged.length > 0 ? await withMarkers($, dir, unmerged) : [];
  if (left.length > 0) {
    throw new UsageError({
      code: "PORT_CONFLICTS_LEFT",
      message: `${left.length === 1 ? "A file has" : `${left.length} files have`} conflict marks (<<<<<<<) still: ${left.join(", ")}.`,
      remedy: "Resolve them, then say --continue again. git diff shows them; --abort gives the port up.",
    });
  }
  if (unmerged.length > 0) await git($, dir, ["add", "--all", "--", ...unmerged]);
}

async function withMarkers($: Shell, dir: string, files: string[]): Promise<string[]> {
  const args = ["grep", "--files-with-matches", "-e", "^<<<<<<< ", "-e", "^>>>>>>> ", "--", ...files];
  return gitLines($, dir, args, { okExitCodes: [0, 1] });
}

/** Reads the places that git marked with `<<<<<<<`, `|||||||`, `=======` and `>>>>>>>`. */
export function readRegions(text: string): Region[] {
  const regions: Region[] = [];
  let inFunction: string | undefined;
  let part: "ours" | "expected" | "wanted" | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const region = regions.at(-1);
    if (/^<{7} /.test(line)) {
      regions.push({ line: index + 1, inFunction, ours: [], expected: [], wanted: [] });
      part = "ours";
    } else if (part === "ours" && /^\|{7}( |$)/.test(line)) part = "expected";
    else if (part !== undefined && /^={7}$/.test(line)) part = "wanted";
    else if (/^>{7} /.test(line)) part = undefined;
    else if (part !== undefined && region) region[part].push(line);
    if (part === undefined || part === "ours") {
      if (line.startsWith("}")) inFunction = undefined;
      else inFunction = FUNCTION.exec(line)?.[1] ?? inFunction;
    }
  }
  return regions;
}

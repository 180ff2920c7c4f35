import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Shell } from "../../base/shell.ts";
import { gitLines } from "../git.ts";

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
export async function unmergedIn($: Shell, dir: string): Promise<Map<string, Set<string>>> {
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

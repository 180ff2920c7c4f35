import type { Shell } from "../../base/shell.ts";
import type { PatchFile } from "../../series/patch-file.ts";
import { gitLines } from "../git.ts";
import type { Finding } from "./finding.ts";

const BLOBS = /^index ([0-9a-f]{12,40})\.\.([0-9a-f]{12,40})(?: |$)/gm;
/** Digits of a blob's id that a patch names at least. */
const DIGITS = 12;

/**
 * Git applies a patch also where lines above have moved. In a series made for one exact source nothing has: each file
 * before and after must be the blob that the patch names.
 * @param commit what the patch became
 */
export async function checkExact($: Shell, repository: string, commit: string, patch: PatchFile): Promise<Finding[]> {
  const said = new Set([...patch.text.matchAll(BLOBS)].map(([, from = "", to = ""]) => pair(from, to)));
  const args = ["diff-tree", "-r", "--no-commit-id", "--find-renames=50%", "--full-index", commit];
  const findings: Finding[] = [];
  for (const line of await gitLines($, repository, args)) {
    const [, , before = "", after = "", status = "", file = ""] = line.split(/[ \t]/);
    if (said.has(pair(before, after)) || before === after) continue;
    findings.push({
      file,
      line: undefined,
      text: `is not what the patch was made against (${status}: ${pair(before, after)})`,
    });
  }
  return findings;
}

function pair(before: string, after: string): string {
  return `${before.slice(0, DIGITS)}..${after.slice(0, DIGITS)}`;
}

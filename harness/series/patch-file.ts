import { basename } from "node:path";
import { UsageError } from "../base/errors.ts";

/** One `@@` block of a patch. */
export type Hunk = {
  /** The whole `@@` line. */
  header: string;
  /** First line in the file before the patch. */
  oldStart: number;
  /** First and last line (1-based) of the hunk in the patch file itself, header included. */
  firstLine: number;
  lastLine: number;
};

/** One file that a patch touches; null where the file does not exist on that side. */
export type FileChange = {
  oldPath: string | null;
  newPath: string | null;
  hunks: Hunk[];
};

/** A patch as git format-patch writes it: one mail with one commit. */
export type PatchFile = {
  name: string;
  text: string;
  files: FileChange[];
};

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const SUMMARY = /^ (\d+) files? changed(?:, (\d+) insertions?\(\+\))?(?:, (\d+) deletions?\(-\))?$/;

/**
 * Reads a patch and holds it against itself: every hunk as long as its header says, as many files and lines as the
 * diffstat says, so that a file cut short or edited by hand is found before any tree is touched. Its header is git
 * mailinfo's to read.
 * @param path what errors call it; its last part is the patch's name
 * @throws UsageError PATCH_DAMAGED
 */
export function parsePatchFile(path: string, text: string): PatchFile {
  const lines = text.split("\n");
  if (!/^From [0-9a-f]{40} /.test(lines[0] ?? ""))
    throw damaged(path, 1, "it does not start like a mail of git format-patch");
  const second = lines.findIndex((line, index) => index > 0 && /^From [0-9a-f]{40} /.test(line));
  if (second > 0) throw damaged(path, second + 1, "a second mail starts here, and a patch file holds one");
  const body = lines.indexOf("---");
  if (body < 0) throw damaged(path, lines.length, "the line `---` that ends the changelog is missing");
  const { files, added, removed } = readDiff(path, lines, body);
  const stat = lines
    .slice(body)
    .map((line) => SUMMARY.exec(line))
    .find((match) => match !== null);
  const counts = [files.length, added, removed].join(" ");
  const said = stat ? [stat[1], stat[2] ?? 0, stat[3] ?? 0].join(" ") : undefined;
  if (files.length === 0) throw damaged(path, lines.length, "it changes no file");
  if (said !== undefined && said !== counts) {
    throw damaged(
      path,
      lines.length,
      `its diffstat says files, lines added, removed = ${said}, its diff has ${counts}`,
    );
  }
  return { name: basename(path), text, files };
}

function readDiff(path: string, lines: string[], from: number) {
  const files: FileChange[] = [];
  let added = 0;
  let removed = 0;
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const names = /^diff --git a\/(.+) b\/(.+)$/.exec(line);
    if (names) files.push({ oldPath: names[1] ?? null, newPath: names[2] ?? null, hunks: [] });
    const file = files.at(-1);
    if (!file) continue;
    if (line.startsWith("new file mode ")) file.oldPath = null;
    if (line.startsWith("deleted file mode ")) file.newPath = null;
    const match = HUNK.exec(line);
    if (!match) continue;
    const hunk = { header: line, oldStart: Number(match[1]), firstLine: at + 1, lastLine: at + 1 };
    let oldLeft = Number(match[2] ?? 1);
    let newLeft = Number(match[4] ?? 1);
    while (oldLeft > 0 || newLeft > 0) {
      at++;
      const mark = at < lines.length - 1 ? (lines[at]?.[0] ?? " ") : undefined;
      if (mark === undefined)
        throw damaged(path, at, `the file ends inside the hunk "${hunk.header}" of ${pathOf(file)}`);
      if (mark === "\\") continue;
      if (!" +-".includes(mark))
        throw damaged(path, at + 1, `the hunk "${hunk.header}" of ${pathOf(file)} is shorter than it says`);
      if (mark !== "+") oldLeft--;
      if (mark !== "-") newLeft--;
      if (mark === "+") added++;
      if (mark === "-") removed++;
    }
    hunk.lastLine = at + 1;
    file.hunks.push(hunk);
  }
  return { files, added, removed };
}

function pathOf(file: FileChange): string {
  return file.newPath ?? file.oldPath ?? "(unnamed)";
}

export function damaged(path: string, line: number, why: string): UsageError {
  return new UsageError({
    code: "PATCH_DAMAGED",
    message: `${path}:${line}: the patch is damaged: ${why}.`,
    remedy: "Take the file from version control again, or write it anew with `npm run patches -- refresh`.",
  });
}

import { dirname } from "node:path";
import { UsageError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import type { Finished } from "../base/shell-options.ts";
import type { PatchFile } from "./patch-file.ts";

/** What applying means: every context line must match, nothing is guessed or merged. */
export const APPLY = ["apply", "--whitespace=nowarn"];

/**
 * Applies a patch to a tree. git replaces the files that it changes, so a source that they are linked to stays as it is.
 * @param how more for git apply, such as --reverse
 * @returns what git said; an exit code of 1 or 128 is a patch that does not apply, and the tree is as it was
 */
export async function applyToTree($: Shell, tree: string, patchPath: string, ...how: string[]): Promise<Finished> {
  return $({
    cwd: tree,
    // Inside somebody's repository, git would take the paths as relative to its top and silently skip them.
    env: { GIT_CEILING_DIRECTORIES: dirname(tree), LC_ALL: "C" },
    okExitCodes: [0, 1, 128],
  })`git ${APPLY} ${how} ${patchPath}`;
}

/** Where and why a patch did not apply. */
export type ApplyFailure = {
  /** Name of the patch. */
  patch: string;
  /** File in the tree. */
  file: string | undefined;
  /** Number (1-based) of the hunk among the file's hunks, how many there are, and the hunk itself as text. */
  hunk: { number: number; of: number; text: string } | undefined;
  /** What git said, one clause. */
  reason: string;
};

/** Longest part of a hunk that an error message carries. */
const HUNK_LINES_SHOWN = 25;

/** Reads the output of `git apply` or `git am` for the patch that it was given; names the first thing that failed. */
export function explainApplyFailure(patch: PatchFile, output: string): ApplyFailure {
  const context = /^error: patch failed: (.+):(\d+)$/m.exec(output);
  if (context) {
    const [, file, start] = context;
    const hunks = patch.files.find((change) => change.oldPath === file || change.newPath === file)?.hunks ?? [];
    const index = hunks.findIndex((hunk) => hunk.oldStart === Number(start));
    const reason = "its context is not in the file";
    return { patch: patch.name, file, hunk: index < 0 ? undefined : hunkAt(patch, hunks, index), reason };
  }
  const corrupt = /^error: (corrupt patch at .*line \d+)$/m.exec(output);
  if (corrupt) return { patch: patch.name, file: undefined, hunk: undefined, reason: corrupt[1] ?? "corrupt patch" };
  const other = /^error: (.+?): ([^:\n]+)$/m.exec(output);
  const file = patch.files.flatMap((change) => [change.newPath, change.oldPath]).find((path) => path === other?.[1]);
  if (other && file) return { patch: patch.name, file, hunk: undefined, reason: other[2] ?? "" };
  const said = /^(?:error|fatal): (.+)$/m.exec(output)?.[1] ?? output.trim().split("\n").at(-1) ?? "";
  return { patch: patch.name, file: undefined, hunk: undefined, reason: said };
}

function hunkAt(patch: PatchFile, hunks: PatchFile["files"][number]["hunks"], index: number) {
  const hunk = hunks[index];
  if (!hunk) return undefined;
  const lines = patch.text.split("\n").slice(hunk.firstLine - 1, hunk.lastLine);
  const text = [...lines.slice(0, HUNK_LINES_SHOWN), ...(lines.length > HUNK_LINES_SHOWN ? ["..."] : [])].join("\n");
  return { number: index + 1, of: hunks.length, text };
}

/** One sentence: patch, file, hunk, reason. */
export function describeApplyFailure(failure: ApplyFailure): string {
  const hunk = failure.hunk ? `, hunk ${failure.hunk.number} of ${failure.hunk.of}` : "";
  return `${failure.patch} does not apply${failure.file ? `: ${failure.file}${hunk}` : ""}: ${failure.reason}`;
}

/** @param onto what it was applied to, for example `linux-source-6.12 6.12.117-1~deb12u1` */
export function applyFailureError(failure: ApplyFailure, onto: string): UsageError {
  return new UsageError({
    code: "PATCH_DOES_NOT_APPLY",
    message: `${describeApplyFailure(failure)} (on ${onto}).`,
    ...(failure.hunk ? { detail: failure.hunk.text } : {}),
    remedy: `Correct that place of ${failure.patch}; the patches that come before it in \`series\` do apply.`,
  });
}

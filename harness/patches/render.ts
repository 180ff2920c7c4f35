import type { Shell } from "../base/shell.ts";
import type { BaseRepository } from "./base-repository.ts";
import { git, gitLines } from "./git.ts";

/**
 * Everything that could make the text differ between two machines is said outright: length of blob ids, width of the
 * diffstat, context, algorithm, no commit id, no version of git, no numbering, nobody's extra headers.
 */
export const FORMAT_PATCH = [
  "-c",
  "format.headers=",
  "-c",
  "diff.orderFile=/dev/null",
  "format-patch",
  "-1",
  "--stdout",
  "--zero-commit",
  "--no-signature",
  "--no-full-index",
  "--abbrev=12",
  "--no-numbered",
  "--subject-prefix=PATCH",
  "--no-from",
  "--no-to",
  "--no-cc",
  "--no-add-header",
  "--no-thread",
  "--no-attach",
  "--no-base",
  "--no-notes",
  "--no-encode-email-headers",
  "--no-ext-diff",
  "--no-textconv",
  "--no-color",
  "--no-relative",
  "--stat=72,50",
  "--summary",
  "--find-renames=50%",
  "--diff-algorithm=histogram",
  "--indent-heuristic",
  "--unified=3",
  "--inter-hunk-context=0",
  "--src-prefix=a/",
  "--dst-prefix=b/",
  "--binary",
];

/** What says which source something was made against. */
export function baseRecord({ packageName, version }: BaseRepository): string[] {
  return [`base-package: ${packageName}`, `base-version: ${version}`];
}

/** A commit as git format-patch tells it. */
export async function mailOf($: Shell, dir: string, commit: string): Promise<string> {
  // Only the last newline is gone from the output: a last line of context may be a blank and nothing else.
  return `${(await git($, dir, [...FORMAT_PATCH, commit])).stdout}\n`;
}

/**
 * A commit as the text of a patch file. Below the line that ends the changelog, where git am does not look, stands what
 * the patch was made against: package, version, and the blob of every file of the pristine source that it touches.
 * @param mail of the commit, see {@link mailOf}
 */
export async function renderPatch(
  $: Shell,
  dir: string,
  commit: string,
  mail: string,
  base: BaseRepository,
): Promise<string> {
  const paths = await gitLines($, dir, ["diff-tree", "--no-commit-id", "--name-only", "--no-renames", "-r", commit]);
  const blobs = await gitLines($, base.gitDir, [
    "ls-tree",
    "-r",
    "--format=%(path): %(objectname)",
    base.root,
    ...paths,
  ]);
  const record = [
    ...baseRecord(base),
    ...(blobs.length > 0 ? ["base-blobs:", ...blobs.map((line) => `  ${line}`)] : []),
  ];
  return mail.replace(/^---$/m, `---\n${record.join("\n")}\n`);
}

import { UsageError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import type { BaseRepository } from "./base-repository.ts";
import { NAMES_REF } from "./base-repository.ts";
import { git, gitText } from "./git.ts";

/** A commit of a series, with everything that a patch file must carry. */
export type SeriesCommit = {
  id: string;
  tree: string;
  author: string;
  /** Seconds since the epoch and zone, as git stores it. */
  authorDate: string;
  subject: string;
  message: string;
  recordedName: string | undefined;
};

const FIELDS = ["%H", "%T", "%P", "%an <%ae>", "%ad", "%s", "%B", "%N", "%(trailers:key=Signed-off-by)"];

/**
 * Finds the pristine source in a worktree's history: the commit whose files are exactly the base's.
 * @throws UsageError WORKTREE_OTHER_BASE
 */
export async function findBaseCommit($: Shell, dir: string, base: BaseRepository): Promise<string> {
  const tree = await gitText($, base.gitDir, ["rev-parse", `${base.root}^{tree}`]);
  const history = await gitText($, dir, ["log", "--first-parent", "--format=%T %H"]);
  const found = history.split("\n").find((line) => line.startsWith(tree));
  if (found) return found.slice(tree.length + 1);
  throw new UsageError({
    code: "WORKTREE_OTHER_BASE",
    message: `No commit in the history of ${dir} has exactly the files of ${base.packageName} ${base.version}.`,
    remedy:
      "Make a worktree of this base (npm run patches -- edit BASE --dir DIR) and cherry-pick the commits into it.",
  });
}

/**
 * The commits of a worktree since its base, oldest first; each of them can be a patch.
 * @throws UsageError COMMIT_UNFIT: a merge, an empty commit, a fixup! not squashed yet, a sign-off (added at export)
 */
export async function listCommits($: Shell, dir: string, base: string): Promise<SeriesCommit[]> {
  const format = `--format=${FIELDS.join("%x00")}%x01`;
  const args = ["log", "--reverse", "--topo-order", "--date=raw", `--notes=${NAMES_REF}`, format, `${base}..HEAD`];
  const records = (await git($, dir, args)).stdout.split("\x01").slice(0, -1);
  const commits: SeriesCommit[] = [];
  let parentTree = await gitText($, dir, ["rev-parse", `${base}^{tree}`]);
  for (const record of records) {
    const fields = record.replace(/^\n/, "").split("\0");
    const [
      id = "",
      tree = "",
      parents = "",
      author = "",
      authorDate = "",
      subject = "",
      message = "",
      note = "",
      signed = "",
    ] = fields;
    const name = `${id.slice(0, 12)} ("${subject}")`;
    if (parents.includes(" ")) throw unfit(name, "is a merge", "Rebase the series into a straight line.");
    if (tree === parentTree) throw unfit(name, "changes nothing", "Drop it (git rebase -i).");
    if (/^(fixup|squash|amend)! /.test(subject)) {
      throw unfit(name, "is not squashed yet", "Run git rebase -i --autosquash in the worktree.");
    }
    if (signed !== "") {
      throw unfit(name, "carries a Signed-off-by", "Take it out; the sign-off is added when the series is exported.");
    }
    commits.push({
      id,
      tree,
      author,
      authorDate,
      subject,
      message: message.trim(),
      recordedName: note.trim() || undefined,
    });
    parentTree = tree;
  }
  return commits;
}

/** A commit that cannot be a patch, and why. */
export function unfit(commit: string, why: string, remedy: string): UsageError {
  return new UsageError({ code: "COMMIT_UNFIT", message: `Commit ${commit} ${why}.`, remedy });
}

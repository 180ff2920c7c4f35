import type { Shell } from "../base/shell.ts";
import { git } from "./git.ts";

/** Commits of a series: after `base`, up to `head`. */
export type CommitRange = { base: string; head: string };

/** A patch that had to change much on its way is still the same patch. */
export const CREATION_FACTOR = "--creation-factor=95";

/**
 * What git range-diff says of two series: which patch became which, and how.
 * @param repository one that has both
 * @param color with the colours of a terminal
 */
export async function rangeDiff(
  $: Shell,
  repository: string,
  before: CommitRange,
  after: CommitRange,
  color: boolean,
): Promise<string> {
  const ranges = [before, after].map(({ base, head }) => `${base}..${head}`);
  const args = ["range-diff", CREATION_FACTOR, "--no-notes", `--${color ? "" : "no-"}color`, ...ranges];
  return (await git($, repository, args)).stdout;
}

import type { Shell } from "../base/shell.ts";
import { git } from "./git.ts";

/**
 * What a commit says and who wrote it when, for another commit that is to say the same: text that ends in a newline, and
 * the environment for git. The committer's date is the author's.
 */
export async function changelogOf(
  $: Shell,
  repository: string,
  commit: string,
): Promise<{ message: string; env: NodeJS.ProcessEnv }> {
  const format = "--format=%an%x00%ae%x00%ad%x00%B";
  const { stdout } = await git($, repository, ["log", "-1", "--date=raw", "--no-notes", format, commit]);
  const [name = "", email = "", date = "", message = ""] = stdout.split("\0");
  return {
    message: `${message.trimEnd()}\n`,
    env: { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
  };
}

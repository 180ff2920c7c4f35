import { join } from "node:path";
import type { Shell } from "../../base/shell.ts";

/** Who a series goes to: maintainers (To), lists and reviewers (Cc), each `Name <address>` or an address. */
export type Recipients = { to: string[]; cc: string[] };

/** Nobody is looked up in the history of a repository that has none; what MAINTAINERS says is all. */
const ASK = ["--no-git", "--no-git-fallback", "--no-rolestats", "--no-roles", "--no-fixes"];

/** The script that knows, and its arguments for maintainers or for everybody else. */
export function maintainersCommand(sourceDir: string, kind: "to" | "cc", patches: string[]): string[] {
  const wanted = kind === "to" ? ["--m", "--no-l", "--no-r"] : ["--no-m", "--l", "--r"];
  return ["perl", join(sourceDir, "scripts/get_maintainer.pl"), ...ASK, ...wanted, ...patches];
}

/**
 * Asks the base's own scripts/get_maintainer.pl about all patches of a series.
 * @throws InfrastructureError MAINTAINERS_UNKNOWN
 */
export async function recipientsOf($: Shell, sourceDir: string, patches: string[]): Promise<Recipients> {
  const ask = async (kind: "to" | "cc"): Promise<string[]> => {
    const command = maintainersCommand(sourceDir, kind, patches);
    const { stdout } = await $({
      cwd: sourceDir,
      code: "MAINTAINERS_UNKNOWN",
      remedy: "Read the script's message above; without it, address the series with `git send-email --to --cc`.",
    }).ask`${command}`;
    return [...new Set(stdout.split("\n").map((line) => line.trim()))].filter(Boolean);
  };
  const [to, everybody] = await Promise.all([ask("to"), ask("cc")]);
  return { to, cc: everybody.filter((address) => !to.includes(address)) };
}

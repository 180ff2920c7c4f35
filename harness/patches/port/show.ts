import type { Series } from "../series.ts";
import type { ConflictHint } from "./hints.ts";
import type { Ported } from "./port.ts";

const HUNK_FUNCTION = /@@ .* @@ .*?\b(\w+)\(/;

/** Functions that a series changes, by file, as git names them in the headers of the hunks. */
export function functionsChanged({ patches }: Series): Map<string, string[]> {
  const byFile = new Map<string, string[]>();
  for (const { oldPath, hunks } of patches.flatMap(({ files }) => files)) {
    if (oldPath === null) continue;
    const names = hunks.flatMap(({ header }) => HUNK_FUNCTION.exec(header)?.[1] ?? []);
    byFile.set(oldPath, [...new Set([...(byFile.get(oldPath) ?? []), ...names])]);
  }
  return byFile;
}

/** What waits for the user, and how to go on; `again` is the command without its --continue or --abort. */
export function showConflicts(ported: Ported & { state: "conflicts" }, hints: ConflictHint[], again: string): string {
  const places = hints.flatMap(({ file, lines }) => [file, ...lines.map((line) => `  ${line}`)]);
  return [
    `CONFLICT in "${ported.patch}" (${ported.port.from} to ${ported.port.to}):`,
    ...places,
    "",
    "Resolve it in the files, in the worktree (an ordinary git rebase), then:",
    `  ${again} --continue`,
    `  ${again} --abort      gives the port up and removes the worktree`,
  ].join("\n");
}

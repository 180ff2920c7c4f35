import type { ConflictHint } from "./hints.ts";
import type { Ported } from "./port.ts";

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

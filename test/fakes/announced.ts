import { createShell, dryRun, type Shell } from "../../harness/base/shell.ts";
import { $ } from "./shell.ts";

/** What `work` really runs, as -v announces it, but for what only reads. */
export async function announcedBy(work: ($: Shell) => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const announce = ({ line, asks }: { line: string; asks: boolean }) => void (asks || lines.push(line));
  await work(createShell({ signal: new AbortController().signal, dry: false, announce }));
  return lines;
}

/** What a dry run of it tells, but for what it has to say of the cache. */
export async function toldBy(work: ($: Shell) => Promise<unknown>): Promise<string[]> {
  return (await dryRun($, work)).filter((line) => !/^# .* is in the cache: /.test(line));
}

/** Lines of a run beside those of another one: directories for temporary files have other names in each. */
export function comparable(lines: string[]): string[] {
  return lines.map((line) => line.replace(/\S*?\/prezero-\d+-\w+/g, "TMP"));
}

import type { Series } from "../../series/series.ts";

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

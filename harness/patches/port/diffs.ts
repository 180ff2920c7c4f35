import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Shell } from "../../base/shell.ts";
import { readSeries } from "../../series/series.ts";
import { commitOnBase } from "../commit-series.ts";
import { rangeDiff } from "../range-diff.ts";
import type { PortTarget } from "./port.ts";
import type { Port } from "./state.ts";

/** The series before and after a port, patch by patch; before, it is told in the files of its own base. */
export async function portDiff($: Shell, { base, dir }: PortTarget, port: Port, color: boolean): Promise<string> {
  return rangeDiff($, dir, { base: port.start, head: port.last }, { base: base.root, head: "HEAD" }, color);
}

/**
 * What the files of the base ported to would become: what was adapted there by hand and is not in the port shows here.
 * @returns undefined when that base has no series yet
 * @throws UsageError SERIES_*, PATCH_* of {@link readSeries}
 */
export async function replacedDiff(
  $: Shell,
  { base, dir, patchesDir }: PortTarget,
  color: boolean,
): Promise<string | undefined> {
  if (!existsSync(join(patchesDir, "series"))) return undefined;
  const { patches } = await readSeries(patchesDir);
  if (patches.length === 0) return undefined;
  const commits = await commitOnBase($, base, patches);
  const before = { base: base.root, head: commits.at(-1) as string };
  return rangeDiff($, dir, before, { base: base.root, head: "HEAD" }, color);
}

import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { cacheDir, projectPath } from "../../base/paths.ts";
import type { Shell } from "../../base/shell.ts";
import { type Base, seriesDir } from "../../kernel/bases.ts";
import { fetchSource } from "../../kernel/source.ts";
import { toolVersion } from "../../kernel/toolchain.ts";
import { readSeries, seriesSha256 } from "../../series/series.ts";
import { baseRepository } from "../base-repository.ts";
import { type CheckOptions, checkSeries } from "./check.ts";
import type { SeriesReport } from "./finding.ts";

const verifiedSchema = z.strictObject({
  /** {@link seriesSha256} of what was checked. */
  seriesSha256: z.string(),
  packageName: z.string(),
  version: z.string(),
  /** When the check ended, ISO 8601. */
  at: z.iso.datetime(),
  /** First line of `gcc --version`; null where nothing was compiled. */
  compiler: z.string().nullable(),
  /** What a full check left out, and why: tools that the machine does not have. */
  without: z.array(z.string()),
});
/** A check that ended green, and what it was about. */
export type Verified = z.infer<typeof verifiedSchema>;

const recordSchema = z.strictObject({ full: verifiedSchema.optional(), fast: verifiedSchema.optional() });
/** The last green check of each kind. */
export type VerifiedRecord = z.infer<typeof recordSchema>;

const TOOL_MISSING = / is not installed$/;

/**
 * Checks a series and, when every check passes, records what was verified. The record is kept in the cache, not beside
 * the patches: it tells what this machine's tools said, running the check brings it back, and `npm test` would change a
 * file of the repository each time that it runs.
 * @throws what {@link checkSeries} throws
 */
export async function verifySeries($: Shell, options: CheckOptions): Promise<SeriesReport> {
  const series = await readSeries(options.patchesDir);
  const before = seriesSha256(series.patches);
  const report = await checkSeries($, options);
  const isWhole = options.fast || options.eachPatch;
  if (!report.ok || !isWhole || series.patches.length === 0) return report;
  // A patch that was changed while the check ran was seen by some of the checks only.
  if (before !== seriesSha256((await readSeries(options.patchesDir)).patches)) return report;
  const { packageName, version } = report;
  const compiler = options.fast ? null : ((await toolVersion($, "gcc")) ?? null);
  const without = options.fast ? [] : missingTools(report);
  const verified = { seriesSha256: before, packageName, version, at: new Date().toISOString(), compiler, without };
  const path = recordPath(options.name);
  await $.files.makeDirectory(dirname(path));
  const record = { ...readVerified(options.name), [options.fast ? "fast" : "full"]: verified };
  await $.files.write(path, `${JSON.stringify(record, null, 2)}\n`);
  return report;
}

/**
 * Checks the series of a base as configs/kernels.yaml has it: the one definition, whoever asks.
 * @throws what {@link verifySeries} and {@link fetchSource} throw
 */
export async function verifyBase(
  $: Shell,
  base: Base,
  options: Pick<CheckOptions, "fast" | "eachPatch" | "say">,
): Promise<SeriesReport> {
  const source = await fetchSource($, base, options.say);
  const repository = await baseRepository($, source, options.say);
  return verifySeries($, { ...options, ...whatIsChecked(base), base: repository, sourceDir: source.dir });
}

/** What of a base its check is about. */
export function whatIsChecked(base: Base): Pick<CheckOptions, "name" | "patchesDir" | "onTop" | "fragments"> {
  return {
    name: base.name,
    patchesDir: seriesDir(base),
    onTop: base.nativePatches === undefined ? [] : [projectPath(base.nativePatches)],
    fragments: [...base.fragments, ...(base.checkFragments ?? [])],
  };
}

/** What is known to have been green on this machine; a record that cannot be read is none. */
export function readVerified(baseName: string): VerifiedRecord {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(recordPath(baseName), "utf8")));
  } catch {
    return {};
  }
}

function missingTools(report: SeriesReport): string[] {
  const reasons = report.patches.flatMap(({ checks }) => checks.flatMap(({ skipped }) => skipped ?? []));
  return [...new Set(reasons.filter((reason) => TOOL_MISSING.test(reason)))];
}

function recordPath(baseName: string): string {
  return cacheDir("verified", `${baseName}.json`);
}

import { existsSync } from "node:fs";
import { namingDiskFaults } from "../../base/disk-fault.ts";
import { InfrastructureError, UsageError } from "../../base/errors.ts";
import { cachePlace } from "../../base/paths.ts";
import type { Shell } from "../../base/shell.ts";
import { knownVersions, privateState } from "../../kernel/apt.ts";
import { type Base, seriesDir } from "../../kernel/bases.ts";
import { fetchSource, treeDir } from "../../kernel/source.ts";
import { readSeries, type Series, seriesSha256 } from "../../series/series.ts";
import { baseRepository } from "../base-repository.ts";
import { readVerified, type Verified } from "../check/verified.ts";
import { fitSeries, type SeriesFit } from "./fit.ts";

/** Something that is known, why it could not be found out, or why nobody asked. */
export type Known<T> = { value: T } | { unknown: string } | { notAsked: string };

export type BaseStatus = {
  name: string;
  packageName: string;
  /** The version that the series is made against. */
  version: string;
  /** Number of patches; 0 is a base without a series yet. */
  patches: number;
  /** Why the series cannot be read; null when it can. */
  damaged: string | null;
  /** How the series fits exactly that version. */
  fit: Known<SeriesFit>;
  /** The newest version of the package in its suite, and whether the series' own can still be had there. */
  packaged: Known<{ newest: string; pinnedIsThere: boolean }>;
  /** How the series fits the newest version; undefined where that is the series' own, or was not asked for. */
  newestFit: Known<SeriesFit> | undefined;
  /** The last green check of each kind; current: of the series as it is now, on this version. */
  verified: { kind: "full" | "fast"; current: boolean; record: Verified }[];
};

export type StatusOptions = {
  /** Use what is in the cache, ask no archive. */
  offline?: boolean;
  /** Also fetch the newest version where it is another, and try the series on it. */
  newest?: boolean;
  say: (line: string) => void;
};

/**
 * How one base's series stands. A base that cannot be reached and a series that cannot be read are part of the answer;
 * a disk that cannot be used is not.
 * @throws what {@link namingDiskFaults} makes of the cache's disk
 */
export async function statusOf($: Shell, base: Base, options: StatusOptions): Promise<BaseStatus> {
  const read = await readSeries(seriesDir(base)).catch(damageOf);
  const series = typeof read === "string" ? undefined : read;
  const { package: packageName, version } = base.source;
  const packaged = options.offline ? { notAsked: "--offline" } : await known(() => askArchive($, base));
  const newest = "value" in packaged ? packaged.value.newest : version;
  const fitOf = async (on: string): Promise<Known<SeriesFit>> =>
    series === undefined ? { unknown: "its series cannot be read" } : known(() => fitOn($, base, on, series, options));
  return {
    name: base.name,
    packageName,
    version,
    patches: series?.patches.length ?? 0,
    damaged: typeof read === "string" ? read : null,
    fit: await fitOf(version),
    packaged,
    newestFit: options.newest && newest !== version ? await fitOf(newest) : undefined,
    verified: series === undefined ? [] : verifiedOf(base, series),
  };
}

/** What is wrong with a series, whose patches another base may have in order. */
function damageOf(error: unknown): string {
  if (error instanceof UsageError) return `${error.message} ${error.remedy}`;
  throw error;
}

/** What a status has to fetch before it can answer, for people who wait for it; undefined when that is nothing. */
export function toBeFetched(bases: Base[], options: Pick<StatusOptions, "offline">): string | undefined {
  const missing = bases.filter(({ source }) => !existsSync(treeDir(source.package, source.version)));
  if (options.offline || missing.length === 0) return undefined;
  const names = missing.map(({ name }) => name).join(", ");
  return `not in the cache: the source of ${names}; fetching takes up to a minute and 150 MB each (--offline leaves it out)`;
}

async function askArchive($: Shell, base: Base): Promise<Known<{ newest: string; pinnedIsThere: boolean }>> {
  const versions = await knownVersions($, await privateState($, base.source), base.source.package);
  const [newest] = versions;
  if (newest === undefined) return { unknown: `${base.source.suite} has no ${base.source.package} any more` };
  return { value: { newest, pinnedIsThere: versions.includes(base.source.version) } };
}

async function fitOn(
  $: Shell,
  base: Base,
  version: string,
  series: Series,
  options: StatusOptions,
): Promise<Known<SeriesFit>> {
  if (options.offline && !existsSync(treeDir(base.source.package, version)))
    return { notAsked: "its source is not in the cache (--offline)" };
  const source = await fetchSource($, { ...base, source: { ...base.source, version } }, options.say);
  if (source.version !== version) return { unknown: `${version} can be had no more, only ${source.version}` };
  return { value: await fitSeries($, await baseRepository($, source, options.say), series) };
}

function verifiedOf(base: Base, series: Series): BaseStatus["verified"] {
  const digest = seriesSha256(series.patches);
  const records = readVerified(base.name);
  return (["full", "fast"] as const).flatMap((kind) => {
    const record = records[kind];
    if (record === undefined) return [];
    return [{ kind, record, current: record.seriesSha256 === digest && record.version === base.source.version }];
  });
}

/** What the infrastructure keeps from us is part of the answer, but for the disk that all bases share. */
async function known<T>(ask: () => Promise<Known<T>>): Promise<Known<T>> {
  try {
    return await namingDiskFaults(cachePlace(), ask);
  } catch (error) {
    if (error instanceof InfrastructureError && !error.code.startsWith("DISK_")) return { unknown: error.message };
    throw error;
  }
}

import { existsSync } from "node:fs";
import { InfrastructureError } from "../../base/errors.ts";
import { projectPath } from "../../base/paths.ts";
import { knownVersions, privateState } from "../../kernel/apt.ts";
import type { Base } from "../../kernel/bases.ts";
import { fetchSource } from "../../kernel/source.ts";
import { treeDir } from "../../kernel/source-cache.ts";
import { readSeries, type Series, seriesSha256 } from "../../series/series.ts";
import { baseRepository } from "../base-repository.ts";
import { readVerified, type Verified } from "../verified.ts";
import { fitSeries, type SeriesFit } from "./fit.ts";

/** Something that is known, or why it is not. */
export type Known<T> = { value: T } | { unknown: string };

export type BaseStatus = {
  name: string;
  packageName: string;
  /** The version that the series is made against. */
  version: string;
  /** Number of patches; 0 is a base without a series yet. */
  patches: number;
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
 * How one base's series stands. A base that cannot be reached is part of the answer; a series that cannot be read is not.
 * @throws UsageError SERIES_* and PATCH_* of {@link readSeries}
 */
export async function statusOf(base: Base, options: StatusOptions): Promise<BaseStatus> {
  const series = await readSeries(projectPath(base.patches));
  const { package: packageName, version } = base.source;
  const packaged = options.offline ? { unknown: "not asked (--offline)" } : await known(() => askArchive(base));
  const newest = "value" in packaged ? packaged.value.newest : version;
  return {
    name: base.name,
    packageName,
    version,
    patches: series.patches.length,
    fit: await known(() => fitOn(base, version, series, options)),
    packaged,
    newestFit:
      options.newest && newest !== version ? await known(() => fitOn(base, newest, series, options)) : undefined,
    verified: verifiedOf(base, series),
  };
}

async function askArchive(base: Base): Promise<Known<{ newest: string; pinnedIsThere: boolean }>> {
  const versions = await knownVersions(await privateState(base.source), base.source.package);
  const [newest] = versions;
  if (newest === undefined) return { unknown: `${base.source.suite} has no ${base.source.package} any more` };
  return { value: { newest, pinnedIsThere: versions.includes(base.source.version) } };
}

async function fitOn(base: Base, version: string, series: Series, options: StatusOptions): Promise<Known<SeriesFit>> {
  if (options.offline && !existsSync(treeDir(base.source.package, version)))
    return { unknown: "its source is not in the cache (--offline)" };
  const source = await fetchSource({ ...base, source: { ...base.source, version } }, options.say);
  if (source.version !== version) return { unknown: `${version} can be had no more, only ${source.version}` };
  return { value: await fitSeries(await baseRepository(source, options.say), series) };
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

/** No network, a full disk: what the infrastructure keeps from us is part of the answer. */
async function known<T>(ask: () => Promise<Known<T>>): Promise<Known<T>> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof InfrastructureError) return { unknown: error.message };
    throw error;
  }
}

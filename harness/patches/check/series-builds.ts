import { join } from "node:path";
import { withLock } from "../../base/lock.ts";
import { cacheDir } from "../../base/paths.ts";
import type { Shell } from "../../base/shell.ts";
import { readFragment } from "../../kernel/fragment.ts";
import { findToolchain, toolVersion } from "../../kernel/toolchain.ts";
import type { Series } from "../../series/series.ts";
import type { BaseRepository } from "../base-repository.ts";
import { buildSteps } from "./build-steps.ts";
import { buildExtremes } from "./extreme-builds.ts";
import type { Extremes } from "./extremes.ts";
import type { CheckResult, ConfigurationReport } from "./finding.ts";
import { touchedBy } from "./touched.ts";

export type SeriesBuilds = {
  /** Key of the base in configs/kernels.yaml. */
  name: string;
  base: BaseRepository;
  sourceDir: string;
  /** Kconfig fragments of the base; the option's own and those of the check are added here. */
  fragments: string[];
  extremes: Extremes;
  /** Build after each patch, not only the first and the last state. */
  eachPatch: boolean;
  say: (line: string) => void;
};

/** Turns the series' options on; and what the touched drivers and tests need in order to be built at all. */
const ON_FRAGMENT = "check-on.config";
const CHECK_FRAGMENT = "check.config";
/** The option alone, for configurations that have no room for its tests. */
const OPTION_FRAGMENT = "prezero.config";

/**
 * All of the check that compiles, for a series that applies. Two runs at once do not collide: the second waits.
 * @returns the results of each patch, in order, and those of the extreme configurations
 * @throws what {@link buildSteps} and {@link buildExtremes} throw
 */
export async function buildSeries(
  $: Shell,
  options: SeriesBuilds,
  series: Series,
): Promise<{ patches: CheckResult[][]; configurations: ConfigurationReport[] }> {
  const { base, sourceDir, extremes, eachPatch, say } = options;
  const onto = `${base.packageName} ${base.version}`;
  const common = { sourceDir, onto, series, eachPatch, toolchain: await findToolchain($), say };
  const directory = cacheDir("check", options.name);
  return withLock($, `${directory}.lock`, say, async () => {
    const patches = await buildSteps($, {
      ...common,
      tree: join(directory, "tree"),
      touched: await touchedBy($, base.gitDir, base.root, series.patches),
      fragments: await Promise.all([...options.fragments, CHECK_FRAGMENT].map((name) => readFragment(name))),
      on: await readFragment(ON_FRAGMENT),
      hasSparse: (await toolVersion($, "sparse")) !== undefined,
    });
    const on = await readFragment(OPTION_FRAGMENT);
    const configurations = await buildExtremes($, { ...common, tree: join(directory, "extremes"), extremes, on });
    return { patches, configurations };
  });
}

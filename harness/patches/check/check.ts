import { join } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { withLock } from "../../base/lock.ts";
import { cacheDir } from "../../base/paths.ts";
import { run } from "../../base/process.ts";
import { type Fragment, readFragment } from "../../kernel/fragment.ts";
import { findToolchain } from "../../kernel/toolchain.ts";
import type { BaseRepository } from "../base-repository.ts";
import { commitSeries } from "../commit-series.ts";
import { readSeries, type Series } from "../series.ts";
import { buildSteps } from "./build-steps.ts";
import { checkpatch } from "./checkpatch.ts";
import { checkExact } from "./exact.ts";
import {
  CHECKS,
  type CheckName,
  type CheckResult,
  type Finding,
  type PatchReport,
  type SeriesReport,
} from "./finding.ts";
import { checkKernelDoc } from "./kernel-doc.ts";
import { touchedBy } from "./touched.ts";

export type CheckOptions = {
  /** Key of the base in configs/kernels.yaml. */
  name: string;
  base: BaseRepository;
  sourceDir: string;
  patchesDir: string;
  /** Kconfig fragments of the base; the option's own and those of the check are added here. */
  fragments: string[];
  /** Leave out what compiles. */
  fast: boolean;
  say: (line: string) => void;
};

/** Turns the series' options on; and what the touched drivers and tests need in order to be built at all. */
const ON_FRAGMENT = "check-on.config";
const CHECK_FRAGMENT = "check.config";
const FAST_SKIPS = "not run with --fast";

/**
 * Checks every patch of a series against its exact base.
 * @throws UsageError for a series that cannot be read; a patch that does not apply is a finding, not an error
 */
export async function checkSeries(options: CheckOptions): Promise<SeriesReport> {
  const series = await readSeries(options.patchesDir);
  const { commits, failure } = await commitPatches(options, series);
  const reports: PatchReport[] = [];
  for (const [index, patch] of series.patches.entries()) {
    const commit = commits[index];
    if (commit === undefined) {
      const applied =
        index === commits.length ? result("apply", failure) : skip("apply", "the one before does not apply");
      reports.push({ patch: patch.name, checks: [applied, ...rest(["apply"], "the patch does not apply")] });
      continue;
    }
    const parent = commits[index - 1] ?? options.base.root;
    options.say(`checkpatch and kernel-doc on ${patch.name}`);
    const { gitDir } = options.base;
    const [exact, style, doc] = await Promise.all([
      checkExact(gitDir, commit, patch),
      checkpatch(options.sourceDir, gitDir, parent, patch),
      checkKernelDoc(options.sourceDir, gitDir, commit),
    ]);
    const checks = [result("apply", []), result("exact", exact), result("checkpatch", style)];
    reports.push({ patch: patch.name, checks: [...checks, { ...result("kernel-doc", doc.added), fixed: doc.fixed }] });
  }
  await addBuilds(options, series, reports, commits.length === series.patches.length);
  const ok = reports.every((report) => report.checks.every((check) => check.added.length === 0));
  const { packageName, version } = options.base;
  return { base: options.name, packageName, version, patches: reports, ok };
}

/** Commits as many patches as apply; what the next one says is its finding. */
async function commitPatches(
  options: CheckOptions,
  series: Series,
): Promise<{ commits: string[]; failure: Finding[] }> {
  const { gitDir, root, packageName, version } = options.base;
  const commits: string[] = [];
  for (const patch of series.patches) {
    try {
      commits.push(...(await commitSeries(gitDir, commits.at(-1) ?? root, [patch], `${packageName} ${version}`)));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { commits, failure: [{ file: patch.name, line: undefined, text: error.message }] };
    }
  }
  return { commits, failure: [] };
}

async function addBuilds(
  options: CheckOptions,
  series: Series,
  reports: PatchReport[],
  applies: boolean,
): Promise<void> {
  if (options.fast || !applies || reports.length === 0) {
    for (const report of reports) {
      const done = report.checks.map((check) => check.check);
      report.checks.push(...rest(done, options.fast ? FAST_SKIPS : "a patch does not apply"));
    }
    return;
  }
  const { gitDir, root, packageName, version } = options.base;
  const tree = cacheDir("check", options.name);
  const wait = () => options.say(`another run is checking ${options.name}; waiting for it`);
  const fragments: Fragment[] = await Promise.all(
    [...options.fragments, CHECK_FRAGMENT].map((name) => readFragment(name)),
  );
  const results = await withLock(`${tree}.lock`, wait, async () =>
    buildSteps({
      sourceDir: options.sourceDir,
      tree: join(tree, "tree"),
      onto: `${packageName} ${version}`,
      series,
      touched: await touchedBy(gitDir, root, series.patches),
      toolchain: await findToolchain(),
      fragments,
      on: await readFragment(ON_FRAGMENT),
      hasSparse: (await run("sh", ["-c", "command -v sparse"], { okExitCodes: [0, 1, 127] })).exitCode === 0,
      say: options.say,
    }),
  );
  for (const [index, report] of reports.entries()) report.checks.push(...(results[index] ?? []));
}

function result(check: CheckName, added: Finding[]): CheckResult {
  return { check, added, fixed: [], skipped: undefined };
}

function skip(check: CheckName, why: string): CheckResult {
  return { check, added: [], fixed: [], skipped: why };
}

function rest(done: CheckName[], why: string): CheckResult[] {
  return CHECKS.filter((check) => !done.includes(check)).map((check) => skip(check, why));
}

import { availableParallelism } from "node:os";
import { UsageError } from "../../base/errors.ts";
import type { Shell } from "../../base/shell.ts";
import { toolVersion } from "../../kernel/toolchain.ts";
import { readSeries, type Series } from "../../series/series.ts";
import type { BaseRepository } from "../base-repository.ts";
import { commitSeries } from "../commit-series.ts";
import { checkpatch } from "./checkpatch.ts";
import { type Coccicheck, checkCoccinelle, readCoccicheck } from "./coccicheck.ts";
import { checkExact } from "./exact.ts";
import { skipped } from "./extreme-builds.ts";
import { extremeNames, readExtremes } from "./extremes.ts";
import {
  CHECKS,
  type CheckName,
  type CheckResult,
  type Finding,
  type PatchReport,
  type SeriesReport,
} from "./finding.ts";
import { checkKernelDoc } from "./kernel-doc.ts";
import { buildSeries } from "./series-builds.ts";

export type CheckOptions = {
  /** Key of the base in configs/kernels.yaml. */
  name: string;
  base: BaseRepository;
  sourceDir: string;
  patchesDir: string;
  /** Directories of patches for measuring alone: each has to apply on top of the series, and nothing else. */
  onTop?: string[];
  /** Kconfig fragments of the base; the option's own and those of the check are added here. */
  fragments: string[];
  /** Where the extreme configurations are; configs/extremes.yaml when absent. */
  extremesFile?: string;
  /** Leave out what compiles, and what takes minutes. */
  fast: boolean;
  say: (line: string) => void;
};

const FAST_SKIPS = "not run with --fast";
const MEASURING_SKIPS = "for measuring alone";

/**
 * Checks every patch of a series against its exact base.
 * @throws UsageError for a series that cannot be read; a patch that does not apply is a finding, not an error
 */
export async function checkSeries($: Shell, options: CheckOptions): Promise<SeriesReport> {
  const series = await readSeries(options.patchesDir);
  const { commits, failure } = await commitPatches($, options, series, options.base.root);
  const coccinelle = options.fast ? FAST_SKIPS : await coccicheck($, options);
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
    options.say(`checkpatch, kernel-doc and coccicheck on ${patch.name}`);
    const { gitDir } = options.base;
    const [exact, style, doc] = await Promise.all([
      checkExact($, gitDir, commit, patch),
      checkpatch($, options.sourceDir, gitDir, parent, patch),
      checkKernelDoc($, options.sourceDir, gitDir, commit),
    ]);
    const checks = [result("apply", []), result("exact", exact), result("checkpatch", style)];
    checks.push({ ...result("kernel-doc", doc.added), fixed: doc.fixed });
    checks.push(
      typeof coccinelle === "string"
        ? skip("coccicheck", coccinelle)
        : result("coccicheck", await checkCoccinelle($, coccinelle, gitDir, commit)),
    );
    reports.push({ patch: patch.name, checks });
  }
  const extremes = await readExtremes(options.extremesFile);
  const applies = commits.length === series.patches.length;
  const why = options.fast ? FAST_SKIPS : applies ? undefined : "a patch does not apply";
  const builds = why === undefined ? await buildSeries($, { ...options, extremes }, series) : undefined;
  for (const [index, { checks }] of reports.entries()) {
    const results = builds?.patches[index] ?? [];
    checks.push(
      ...results,
      ...rest(
        [...checks, ...results].map(({ check }) => check),
        why ?? "",
      ),
    );
  }
  if (applies) reports.push(...(await checkOnTop($, options, commits.at(-1) ?? options.base.root)));
  const configurations = builds?.configurations ?? extremeNames(extremes).map((name) => skipped(name, why ?? ""));
  const parts = [...reports.flatMap((report) => report.checks), ...configurations];
  const ok = parts.every(({ added }) => added.length === 0);
  const { packageName, version } = options.base;
  return { base: options.name, packageName, version, patches: reports, configurations, ok };
}

/** A change of the series takes the ground from under what is measured with it; here it is said which patch that hits. */
async function checkOnTop($: Shell, options: CheckOptions, last: string): Promise<PatchReport[]> {
  const reports: PatchReport[] = [];
  for (const dir of options.onTop ?? []) {
    const more = await readSeries(dir);
    const { commits, failure } = await commitPatches($, options, more, last);
    for (const [index, { name }] of more.patches.entries()) {
      const applied = result("apply", index === commits.length ? failure : []);
      reports.push({ patch: name, checks: [applied, ...rest(["apply"], MEASURING_SKIPS)] });
    }
  }
  return reports;
}

/** Commits as many patches as apply; what the next one says is its finding. */
async function commitPatches(
  $: Shell,
  options: CheckOptions,
  series: Series,
  parent: string,
): Promise<{ commits: string[]; failure: Finding[] }> {
  const { gitDir, packageName, version } = options.base;
  const commits: string[] = [];
  for (const patch of series.patches) {
    try {
      commits.push(...(await commitSeries($, gitDir, commits.at(-1) ?? parent, [patch], `${packageName} ${version}`)));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return { commits, failure: [{ file: patch.name, line: undefined, text: error.message }] };
    }
  }
  return { commits, failure: [] };
}

/** What coccicheck needs, or why it is not run. */
async function coccicheck($: Shell, options: CheckOptions): Promise<Coccicheck | string> {
  const spatch = await toolVersion($, "spatch");
  if (spatch === undefined) return "coccinelle is not installed";
  return readCoccicheck($, options.sourceDir, spatch, availableParallelism());
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

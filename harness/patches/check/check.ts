import { availableParallelism } from "node:os";
import { UsageError } from "../../base/errors.ts";
import type { Shell } from "../../base/shell.ts";
import { toolVersion } from "../../kernel/toolchain.ts";
import type { PatchFile } from "../../series/patch-file.ts";
import { readSeries, type Series } from "../../series/series.ts";
import type { BaseRepository } from "../base-repository.ts";
import { commitSeries } from "../commit-series.ts";
import { gitLines } from "../git.ts";
import { checkpatch } from "./checkpatch.ts";
import { checkCoccinelle, readCoccicheck } from "./coccicheck.ts";
import { skipped } from "./extreme-builds.ts";
import { extremeNames, readExtremes } from "./extremes.ts";
import {
  CHECKS,
  type CheckName,
  type CheckResult,
  type Finding,
  type PatchReport,
  result,
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
  /** Build after each patch, which takes a long series an hour, and not only the series as a whole. */
  eachPatch: boolean;
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
  const coccinelle = options.fast ? FAST_SKIPS : await coccicheck($, options, commits);
  const reports: PatchReport[] = [];
  for (const [index, patch] of series.patches.entries()) {
    const commit = commits[index];
    if (commit === undefined) {
      const applied =
        index === commits.length ? result("apply", failure) : result("apply", [], "the one before does not apply");
      reports.push({ patch: patch.name, checks: [applied, ...rest(["apply"], "the patch does not apply")] });
      continue;
    }
    const parent = commits[index - 1] ?? options.base.root;
    options.say(`checkpatch and kernel-doc on ${patch.name}`);
    const { gitDir } = options.base;
    const [exact, style, doc] = await Promise.all([
      checkExact($, gitDir, commit, patch),
      checkpatch($, options.sourceDir, gitDir, parent, patch),
      checkKernelDoc($, options.sourceDir, gitDir, commit),
    ]);
    const checks = [
      result("apply"),
      result("exact", exact),
      result("checkpatch", style),
      { ...result("kernel-doc"), ...doc },
      typeof coccinelle === "string"
        ? result("coccicheck", [], coccinelle)
        : result("coccicheck", coccinelle[index] ?? []),
    ];
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

/** What coccicheck finds of each commit, or why it is not run. */
async function coccicheck($: Shell, options: CheckOptions, commits: string[]): Promise<Finding[][] | string> {
  const spatch = await toolVersion($, "spatch");
  if (spatch === undefined) return "coccinelle is not installed";
  options.say("coccicheck on what the series touches");
  const check = await readCoccicheck(options.sourceDir, spatch, availableParallelism());
  return checkCoccinelle($, check, options.base.gitDir, commits);
}

function rest(done: CheckName[], why: string): CheckResult[] {
  return CHECKS.filter((check) => !done.includes(check)).map((check) => result(check, [], why));
}

const BLOBS = /^index ([0-9a-f]{12,40})\.\.([0-9a-f]{12,40})(?: |$)/gm;
/** Digits of a blob's id that a patch names at least. */
const DIGITS = 12;

/**
 * Git applies a patch also where lines above have moved. In a series made for one exact source nothing has: each file
 * before and after must be the blob that the patch names.
 * @param commit what the patch became
 */
export async function checkExact($: Shell, repository: string, commit: string, patch: PatchFile): Promise<Finding[]> {
  const said = new Set([...patch.text.matchAll(BLOBS)].map(([, from = "", to = ""]) => pair(from, to)));
  const args = ["diff-tree", "-r", "--no-commit-id", "--find-renames=50%", "--full-index", commit];
  const findings: Finding[] = [];
  for (const line of await gitLines($, repository, args)) {
    const [, , before = "", after = "", status = "", file = ""] = line.split(/[ \t]/);
    if (said.has(pair(before, after)) || before === after) continue;
    findings.push({
      file,
      line: undefined,
      text: `is not what the patch was made against (${status}: ${pair(before, after)})`,
    });
  }
  return findings;
}

function pair(before: string, after: string): string {
  return `${before.slice(0, DIGITS)}..${after.slice(0, DIGITS)}`;
}

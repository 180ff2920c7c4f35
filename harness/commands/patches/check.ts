import { resolve } from "node:path";
import type { Command } from "commander";
import { writeFileAtomic } from "../../base/atomic-write.ts";
import { projectPath } from "../../base/paths.ts";
import type { Shell } from "../../base/shell.ts";
import { findBase } from "../../kernel/bases.ts";
import { fetchSource } from "../../kernel/source.ts";
import { renderJunit } from "../../ktap/junit.ts";
import { casesOf } from "../../ktap/result.ts";
import { renderKtap } from "../../ktap/write.ts";
import { baseRepository } from "../../patches/base-repository.ts";
import { seriesResults } from "../../patches/check/results.ts";
import { showReport } from "../../patches/check/show.ts";
import { planCheck } from "../../patches/plan.ts";
import { verifySeries } from "../../patches/verified.ts";
import { BASE_HELP, patchesDir, print, say } from "./places.ts";

type Options = { fast?: boolean; json?: boolean; ktap?: string; junit?: string; dryRun?: boolean };

export function registerCheck(patches: Command, $: Shell): void {
  patches
    .command("check")
    .argument("[base]", `${BASE_HELP} (default: the file's default)`)
    .description(
      "each patch: applies exactly, checkpatch --strict, kernel-doc, coccicheck, builds with the option on and off, sparse; the series: builds in extreme configurations",
    )
    .option("--fast", "leave out what compiles, and coccicheck")
    .option("--json", "the report as JSON on stdout")
    .option("--ktap <file>", "also write the report as KTAP")
    .option("--junit <file>", "also write the report as JUnit XML")
    .option("--dry-run", "print the commands, run nothing")
    .action((name, options) => check($, name, options));
}

async function check($: Shell, name: string | undefined, options: Options): Promise<void> {
  const base = await findBase(name);
  if (options.dryRun)
    return planCheck($, base, patchesDir(base), options.fast === true).then((lines) => lines.forEach(print));
  const source = await fetchSource($, base, say);
  const report = await verifySeries($, {
    name: base.name,
    base: await baseRepository($, source, say),
    sourceDir: source.dir,
    patchesDir: patchesDir(base),
    onTop: base.nativePatches === undefined ? [] : [projectPath(base.nativePatches)],
    fragments: [...base.fragments, ...(base.checkFragments ?? [])],
    fast: options.fast === true,
    say,
  });
  print(options.json ? JSON.stringify(report, null, 2) : showReport(report));
  const results = seriesResults(report);
  if (options.ktap !== undefined) writeFileAtomic(resolve(options.ktap), renderKtap(results));
  if (options.junit !== undefined) writeFileAtomic(resolve(options.junit), renderJunit(casesOf(results)));
  if (!report.ok) process.exitCode = 1;
}

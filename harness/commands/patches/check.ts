import { resolve } from "node:path";
import type { Command } from "commander";
import { writeFileAtomic } from "../../base/atomic-write.ts";
import { print, say } from "../../base/output.ts";
import { findBase, seriesDir } from "../../kernel/bases.ts";
import { renderJunit } from "../../ktap/junit.ts";
import { casesOf } from "../../ktap/result.ts";
import { renderKtap } from "../../ktap/write.ts";
import { planCheck } from "../../patches/check/plan.ts";
import { seriesResults, showReport } from "../../patches/check/report.ts";
import { verifyBase } from "../../patches/check/verified.ts";
import { BASE_HELP, inCache } from "./places.ts";

type Options = { fast?: boolean; json?: boolean; ktap?: string; junit?: string; dryRun?: boolean };

export function registerCheck(patches: Command): void {
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
    .action(inCache(check));
}

async function check(name: string | undefined, options: Options): Promise<void> {
  const base = await findBase(name);
  if (options.dryRun) return planCheck(base, seriesDir(base), options.fast === true).then((lines) => print(...lines));
  const report = await verifyBase(base, { fast: options.fast === true, say });
  print(options.json ? JSON.stringify(report, null, 2) : showReport(report));
  const results = seriesResults(report);
  if (options.ktap !== undefined) writeFileAtomic(resolve(options.ktap), renderKtap(results));
  if (options.junit !== undefined) writeFileAtomic(resolve(options.junit), renderJunit(casesOf(results)));
  if (!report.ok) process.exitCode = 1;
}

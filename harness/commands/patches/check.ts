import type { Command } from "commander";
import { option, outputFile } from "../../base/option.ts";
import { print, printJson, say } from "../../base/output.ts";
import { dryRun, type Shell } from "../../base/shell.ts";
import { findBase } from "../../kernel/bases.ts";
import { writeResults } from "../../ktap/write.ts";
import { seriesResults, showReport } from "../../patches/check/report.ts";
import { verifyBase } from "../../patches/check/verified.ts";
import { BASE_HELP, inCache } from "./places.ts";

type Options = { ktap?: string; junit?: string; fast?: boolean; json?: boolean; dryRun?: boolean };

export function registerCheck(patches: Command, $: Shell): void {
  patches
    .command("check")
    .argument("[base]", `${BASE_HELP} (default: the file's default)`)
    .description(
      "each patch: applies exactly, checkpatch --strict, kernel-doc, coccicheck, builds with the option on and off, sparse; the series: builds in extreme configurations",
    )
    .option("--fast", "leave out what compiles, and coccicheck")
    .option("--json", "the report as JSON on stdout")
    .addOption(option("--ktap <file>", "also write the report as KTAP", outputFile))
    .addOption(option("--junit <file>", "also write the report as JUnit XML", outputFile))
    .option("--dry-run", "print the commands, run nothing")
    .action(inCache($, check));
}

async function check($: Shell, name: string | undefined, options: Options): Promise<void> {
  const base = await findBase(name);
  const how = { fast: options.fast === true, eachPatch: true };
  if (options.dryRun) {
    const silent = () => {};
    return print(...(await dryRun($, ($) => verifyBase($, base, { ...how, say: silent }))));
  }
  const report = await verifyBase($, base, { ...how, say });
  if (options.json) printJson(report);
  else print(showReport(report));
  writeResults(options, seriesResults(report));
  if (!report.ok) process.exitCode = 1;
}

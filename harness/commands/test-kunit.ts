import type { Command } from "commander";
import { MeasurementError } from "../base/errors.ts";
import { print, printJson } from "../base/output.ts";
import { shellQuote } from "../base/quote.ts";
import type { Shell } from "../base/shell.ts";
import { findBase } from "../kernel/bases.ts";
import { ensureKernel } from "../kernel/build.ts";
import { kernelCommands } from "../kernel/dry-run.ts";
import { JUNIT, KTAP, type ResultFiles, writeResultFiles } from "../ktap/files.ts";
import { casesOf, countCases, summaryLine } from "../ktap/result.ts";
import { showCase } from "../ktap/show.ts";
import { umlArgs } from "../kunit/run-uml.ts";
import { DEADLINE_MS, runSuite, SUITE } from "../kunit/suite.ts";

type Options = ResultFiles & { kernel?: string; json?: boolean; dryRun?: boolean };

export function register(program: Command, $: Shell): void {
  program
    .command("test-kunit")
    .description("build the series with its KUnit suite as User Mode Linux, and run it as an ordinary program")
    .option("--kernel <base>", "kernel base, a key of configs/kernels.yaml (default: the file's default)")
    .option("--json", "print the results as JSON")
    .addOption(KTAP)
    .addOption(JUNIT)
    .option("--dry-run", "print the commands, run nothing")
    .action((options) => testKunit($, options));
}

async function testKunit($: Shell, options: Options): Promise<void> {
  const base = await findBase(options.kernel);
  if (options.dryRun) {
    const run = shellQuote(["build/linux", ...umlArgs([`kunit.filter_glob=${SUITE}`], "/tmp")]);
    print(...(await kernelCommands($, { base, variant: "kunit" })), run);
    return;
  }
  const kernel = await ensureKernel($, { base, variant: "kunit" });
  const { report, failure } = await runSuite($, kernel.imagePath, DEADLINE_MS);
  const cases = casesOf(report.results);
  const counts = countCases(cases);
  writeResultFiles(options, report.results);
  if (options.json) printJson({ kernel: kernel.release, ...counts, cases });
  else print(...cases.map(showCase), summaryLine(counts));
  if (failure) throw failure;
  if (counts.failed === 0 && counts.passed > 0) return;
  throw new MeasurementError({
    code: "KUNIT_FAILED",
    message: counts.failed === 0 ? "No KUnit case passed" : `${counts.failed} of ${cases.length} KUnit cases failed`,
    remedy: "What each failed case expected and got stands below its name.",
    reproducer: shellQuote([kernel.imagePath, ...umlArgs([`kunit.filter_glob=${SUITE}`], "/tmp")]),
  });
}

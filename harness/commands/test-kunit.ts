import type { Command } from "commander";
import { MeasurementError } from "../base/errors.ts";
import { examples, type KernelOption, kernelOption, ktapOption } from "../base/option.ts";
import { print, printJson } from "../base/output.ts";
import { shellQuote } from "../base/quote.ts";
import { dryRun, type Shell } from "../base/shell.ts";
import { findBase } from "../kernel/bases.ts";
import { ensureKernel } from "../kernel/build.ts";
import { casesOf, countCases, showCase, summaryLine } from "../ktap/result.ts";
import { writeResults } from "../ktap/write.ts";
import { DEADLINE_MS, runSuite, SUITE, umlArgs } from "../kunit/suite.ts";

type Options = KernelOption & { json?: boolean; ktap?: string; dryRun?: boolean };

export function register(program: Command, $: Shell): void {
  program
    .command("test-kunit")
    .description("run the series' KUnit suite as a program (User Mode Linux)")
    .addOption(kernelOption())
    .addOption(ktapOption())
    .option("--json", "print the results as JSON")
    .option("--dry-run", "print the commands, run nothing")
    .addHelpText("after", examples(["npm run test:kunit -- --kernel 6.1", "the suite of the series for 6.1"]))
    .action((options: Options) => testKunit($, options));
}

async function testKunit($: Shell, options: Options): Promise<void> {
  const base = await findBase(options.kernel);
  const run = async ($: Shell) => {
    const kernel = await ensureKernel($, { base, variant: "kunit" });
    return { kernel, ...(await runSuite($, kernel.imagePath, DEADLINE_MS)) };
  };
  if (options.dryRun) return print(...(await dryRun($, run)));
  const { kernel, report, failure } = await run($);
  const cases = casesOf(report.results);
  const counts = countCases(cases);
  if (options.json) printJson({ kernel: kernel.release, ...counts, cases });
  else print(...cases.map(showCase), summaryLine(counts));
  writeResults(options, report.results);
  if (failure) throw failure;
  if (counts.failed === 0 && counts.passed > 0) return;
  throw new MeasurementError({
    code: "KUNIT_FAILED",
    message: counts.failed === 0 ? "No KUnit case passed" : `${counts.failed} of ${cases.length} KUnit cases failed`,
    remedy: "What each failed case expected and got stands below its name.",
    reproducer: shellQuote([kernel.imagePath, ...umlArgs([`kunit.filter_glob=${SUITE}`], "/tmp")]),
  });
}

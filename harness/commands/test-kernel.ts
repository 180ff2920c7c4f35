import type { Command } from "commander";
import { MeasurementError } from "../base/errors.ts";
import {
  examples,
  junitOption,
  type KernelOption,
  kernelOption,
  ktapOption,
  listOf,
  matching,
  option,
  type TestFileOptions,
} from "../base/option.ts";
import { print, say } from "../base/output.ts";
import { cacheDir } from "../base/paths.ts";
import { RuntimeDir } from "../base/runtime-dir.ts";
import type { Shell } from "../base/shell.ts";
import { findBase } from "../kernel/bases.ts";
import { chooseSteps, runSteps } from "../kernel-tests/step.ts";
import { kernelSteps } from "../kernel-tests/steps.ts";
import { casesOf, countCases, summaryLine } from "../ktap/result.ts";
import { writeResults } from "../ktap/write.ts";
import { type AccelOption, accelOption } from "../qemu.ts";

const step = matching(/\S/, "names of steps");

type Options = KernelOption & AccelOption & TestFileOptions & { full?: boolean; only?: string[]; dryRun?: boolean };

export function register(program: Command, $: Shell): void {
  program
    .command("test-kernel")
    .description("build the kernels, check the patches, boot, stress, verify, and run a small benchmark")
    .addOption(kernelOption())
    .option("--full", "also what takes hours: long stress, debug kernels, rare events, public tests")
    .addOption(
      option("--only <steps>", "only these: names that --dry-run prints, or a group such as life", listOf(step)),
    )
    .addOption(accelOption())
    .addOption(ktapOption())
    .addOption(junitOption())
    .option("--dry-run", "print the steps, run nothing")
    .addHelpText(
      "after",
      examples(
        ["npm run test:kernel -- --dry-run", "list the steps"],
        ['npm run test:kernel -- --full --only "life: kexec,cost when off"', "run two of them"],
      ),
    )
    .action((options: Options) => testKernel($, options));
}

async function testKernel($: Shell, options: Options): Promise<void> {
  const base = await findBase(options.kernel);
  using scratch = new RuntimeDir();
  const logs = cacheDir("logs", `test-kernel-${process.pid}`);
  const plan = { base, accel: options.accel, scratch: scratch.path, logs, say };
  const all = kernelSteps($, plan, options.full === true);
  const steps = options.only === undefined ? all : chooseSteps(all, options.only);
  if (options.dryRun) {
    for (const [index, { name, about }] of steps.entries()) print(`${index + 1}. ${name}: ${about}`);
    return;
  }
  const { results, stopped } = await runSteps(steps, say, print);
  const cases = casesOf(results);
  const counts = countCases(cases);
  print(summaryLine(counts));
  writeResults(options, results);
  if (stopped) throw stopped;
  if (counts.failed === 0 && counts.passed > 0) return;
  throw new MeasurementError({
    code: "KERNEL_TESTS_FAILED",
    message: `${counts.failed} of ${cases.length} tests of the kernel failed`,
    remedy: `See below each name what it found; the consoles are in ${logs}.`,
  });
}

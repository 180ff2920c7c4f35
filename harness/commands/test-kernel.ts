import { type Command, Option } from "commander";
import { MeasurementError } from "../base/errors.ts";
import { print, say } from "../base/output.ts";
import { cacheDir } from "../base/paths.ts";
import { RuntimeDir } from "../base/runtime-dir.ts";
import type { Shell } from "../base/shell.ts";
import { findBase } from "../kernel/bases.ts";
import { chooseSteps, runSteps } from "../kernel-tests/step.ts";
import { kernelSteps } from "../kernel-tests/steps.ts";
import { JUNIT, KTAP, type ResultFiles, writeResultFiles } from "../ktap/files.ts";
import { casesOf, countCases, summaryLine } from "../ktap/result.ts";
import { type AccelChoice, accelChoices } from "../qemu.ts";

type Options = ResultFiles & {
  kernel?: string;
  full?: boolean;
  only?: string;
  accel: AccelChoice;
  dryRun?: boolean;
};

export function register(program: Command, $: Shell): void {
  program
    .command("test-kernel")
    .description("build the kernels, check the patches, boot, stress with verification, and a small benchmark")
    .option("--kernel <base>", "kernel base, a key of configs/kernels.yaml (default: the file's default)")
    .option(
      "--full",
      "also what takes hours: ten minutes of stress, debug kernels, life outside the happy path, public tests",
    )
    .option("--only <steps>", "only these, separated by commas: names that --dry-run prints, or a group such as life")
    .addOption(new Option("--accel <accelerator>", "accelerator of QEMU").choices(accelChoices).default("auto"))
    .addOption(KTAP)
    .addOption(JUNIT)
    .option("--dry-run", "print the steps, run nothing")
    .action((options) => testKernel($, options));
}

async function testKernel($: Shell, options: Options): Promise<void> {
  const base = await findBase(options.kernel);
  using scratch = new RuntimeDir();
  const logs = cacheDir("logs", `test-kernel-${process.pid}`);
  const plan = { base, accel: options.accel, scratch: scratch.path, logs, say };
  const all = kernelSteps($, plan, options.full === true);
  const steps = options.only === undefined ? all : chooseSteps(all, options.only.split(","));
  if (options.dryRun) {
    for (const [index, { name, about }] of steps.entries()) print(`${index + 1}. ${name}: ${about}`);
    return;
  }
  const { results, stopped } = await runSteps(steps, say, print);
  const cases = casesOf(results);
  const counts = countCases(cases);
  writeResultFiles(options, results);
  print(summaryLine(counts));
  if (stopped) throw stopped;
  if (counts.failed === 0 && counts.passed > 0) return;
  throw new MeasurementError({
    code: "KERNEL_TESTS_FAILED",
    message: `${counts.failed} of ${cases.length} tests of the kernel failed`,
    remedy: `What each one found stands below its name; the consoles are in ${logs}.`,
  });
}

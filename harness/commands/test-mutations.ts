import { join } from "node:path";
import type { Command } from "commander";
import { MeasurementError } from "../base/errors.ts";
import { withLock } from "../base/lock.ts";
import {
  examples,
  junitOption,
  type KernelOption,
  kernelOption,
  ktapOption,
  type TestFileOptions,
} from "../base/option.ts";
import { print } from "../base/output.ts";
import { cacheDir, projectPath } from "../base/paths.ts";
import { Progress } from "../base/progress.ts";
import { RuntimeDir } from "../base/runtime-dir.ts";
import type { Shell } from "../base/shell.ts";
import { findBase } from "../kernel/bases.ts";
import { casesOf, countCases } from "../ktap/result.ts";
import { writeResults } from "../ktap/write.ts";
import { readMutations } from "../mutations/mutation.ts";
import { runMutations } from "../mutations/run.ts";
import { type AccelOption, accelOption } from "../qemu.ts";

type Options = KernelOption & AccelOption & TestFileOptions & { dryRun?: boolean };

export function register(program: Command, $: Shell): void {
  program
    .command("test-mutations")
    .description("break the series on purpose and require a test to notice")
    .argument("[mutation...]", "names of files in test/mutations without .patch (default: all)")
    .addOption(kernelOption())
    .addOption(accelOption())
    .addOption(ktapOption())
    .addOption(junitOption())
    .option("--dry-run", "list the mutations and what has to notice, run nothing")
    .addHelpText("after", examples(["npm run test:mutations -- --dry-run", "list the mutations and their tests"]))
    .action((names: string[], options: Options) => testMutations($, names, options));
}

async function testMutations($: Shell, names: string[], options: Options): Promise<void> {
  const base = await findBase(options.kernel);
  const common = await findBase();
  const directories = [base, common].map(({ name }) => projectPath("test/mutations", name));
  const mutations = await readMutations(directories, names);
  if (options.dryRun) {
    for (const { name, breaks, caughtBy } of mutations) print(`${name}: ${breaks} (${caughtBy.bed} ${caughtBy.test})`);
    return;
  }
  using scratch = new RuntimeDir();
  const logs = cacheDir("logs", `test-mutations-${process.pid}`);
  const progress = new Progress("mutations");
  const say = (line: string) => progress.log(line);
  const results = await withLock($, join(cacheDir("mutants"), `${base.name}.lock`), say, () =>
    runMutations(
      $,
      mutations,
      { base, accel: options.accel, scratch: scratch.path, logs, say },
      (index, { name }) => progress.update(index / mutations.length, name),
      ({ name, status, log }) =>
        print(`${status === "passed" ? "caught" : "MISSED"}  ${name}\n          ${log.join(" ")}`),
    ),
  );
  const group = [
    {
      name: "mutations",
      status: results.every(({ status }) => status === "passed") ? ("passed" as const) : ("failed" as const),
      log: [],
      subtests: results,
    },
  ];
  const { passed, failed } = countCases(casesOf(results));
  print(`${passed} caught, ${failed} missed`);
  writeResults(options, group);
  if (failed === 0) return;
  throw new MeasurementError({
    code: "MUTATIONS_MISSED",
    message: `${failed} of ${results.length} mutations went unnoticed or did not build`,
    remedy:
      "The test behind Caught-by: does not hold what it promises: write one that does. Or mend the mutation for this kernel.",
  });
}

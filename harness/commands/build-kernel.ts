import { type Command, Option } from "commander";
import type { Shell } from "../base/shell.ts";
import { findBase } from "../kernel/bases.ts";
import { ensureKernel, type KernelRequest } from "../kernel/build.ts";
import { kernelCommands } from "../kernel/dry-run.ts";
import { VARIANTS, type Variant } from "../kernel/variant.ts";

type Options = {
  kernel?: string;
  variant: Variant | "both";
  config: string[];
  debug?: boolean;
  dryRun?: boolean;
  json?: boolean;
};

export function register(program: Command, $: Shell): void {
  program
    .command("build-kernel")
    .description("fetch, patch, configure and build the kernels; what is built already is found in the cache")
    .option("--kernel <base>", "kernel base, a key of configs/kernels.yaml (default: the file's default)")
    .addOption(
      new Option("--variant <variant>", "the pristine base, the base with the series, or the pair")
        .choices([...VARIANTS, "both"])
        .default("both"),
    )
    .option(
      "--config <fragment>",
      "more configuration: a file of configs/kconfig, or a path with a slash (may be given again)",
      (fragment: string, before: string[]) => [...before, fragment],
      [],
    )
    .option("--debug", "with KASAN, lockdep and DEBUG_VM (configs/kconfig/debug.config); not for figures")
    .option("--dry-run", "print the commands, run nothing")
    .option("--json", "print what was built as JSON")
    .action((options) => buildKernel($, options));
}

async function buildKernel($: Shell, options: Options): Promise<void> {
  const base = await findBase(options.kernel);
  const variants = options.variant === "both" ? VARIANTS : [options.variant];
  const fragments = [...(options.debug ? ["debug.config"] : []), ...options.config];
  const requests: KernelRequest[] = variants.map((variant) => ({ base, variant, fragments }));
  if (options.dryRun) {
    for (const request of requests) process.stdout.write(`${(await kernelCommands($, request)).join("\n")}\n`);
    return;
  }
  const built = [];
  for (const request of requests) {
    const kernel = await ensureKernel($, request);
    built.push(kernel);
    if (options.json) continue;
    const note = kernel.cached ? "cached" : `built in ${kernel.buildSeconds} s, ${kernel.steps} files`;
    process.stdout.write(`${kernel.variant.padEnd(8)} ${kernel.release}  ${kernel.imagePath}  (${note})\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(built, null, 2)}\n`);
}

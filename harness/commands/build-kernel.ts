import type { Command } from "commander";
import { examples, type KernelOption, kernelOption, oneOf, option } from "../base/option.ts";
import { print, printJson } from "../base/output.ts";
import { dryRun, type Shell } from "../base/shell.ts";
import { findBase } from "../kernel/bases.ts";
import { ensureKernel, type KernelRequest } from "../kernel/build.ts";
import { VARIANTS, type Variant } from "../kernel/variant.ts";

const CHOICES = [...VARIANTS, "both"] as const;

type Options = KernelOption & {
  variant: Variant | "both";
  config?: string[];
  debug?: boolean;
  dryRun?: boolean;
  json?: boolean;
};

export function register(program: Command, $: Shell): void {
  program
    .command("build-kernel")
    .description("fetch, patch, configure and build the kernels, or find them in the cache")
    .addOption(kernelOption())
    .addOption(
      option("--variant <variant>", "base (without the series), prezero (with it) or both", oneOf(CHOICES), "both"),
    )
    .option(
      "--config <fragment>",
      "more configuration: a file of configs/kconfig, or a path with a slash; repeatable",
      (fragment: string, before: string[] = []) => [...before, fragment],
    )
    .option("--debug", "add KASAN, lockdep and DEBUG_VM (debug.config); too slow for figures")
    .option("--dry-run", "print the commands, run nothing")
    .option("--json", "print what was built, or would be run, as JSON")
    .addHelpText(
      "after",
      examples(
        ["npm run build-kernel", "both kernels of the default line"],
        ["npm run build-kernel -- --kernel 6.1 --variant base", "6.1 as it is"],
      ),
    )
    .action((options: Options) => buildKernel($, options));
}

async function buildKernel($: Shell, options: Options): Promise<void> {
  const base = await findBase(options.kernel);
  const variants = options.variant === "both" ? VARIANTS : [options.variant];
  const fragments = [...(options.debug ? ["debug.config"] : []), ...(options.config ?? [])];
  const requests: KernelRequest[] = variants.map((variant) => ({ base, variant, fragments }));
  if (options.dryRun) {
    const commands = await dryRun($, async ($) => {
      for (const request of requests) await ensureKernel($, request);
    });
    return options.json ? printJson({ commands }) : print(...commands);
  }
  const built = [];
  for (const request of requests) {
    const kernel = await ensureKernel($, request);
    built.push(kernel);
    if (options.json) continue;
    const note = kernel.cached ? "cached" : `built in ${kernel.buildSeconds} s, ${kernel.steps} files`;
    print(`${kernel.variant.padEnd(8)} ${kernel.release}  ${kernel.imagePath}  (${note})`);
  }
  if (options.json) printJson(built);
}

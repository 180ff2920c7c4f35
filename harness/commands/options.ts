import type { Option } from "commander";
import { matching, oneOf, option, outputFile } from "../base/option.ts";
import { type AccelChoice, accelChoices } from "../qemu.ts";

/** What several commands have in common, by the names that commander gives to options. */
export type KernelOption = { kernel?: string };
export type AccelOption = { accel: AccelChoice };
export type TestFileOptions = { ktap?: string; junit?: string };

export const kernelOption = (): Option =>
  option(
    "--kernel <base>",
    "kernel line of configs/kernels.yaml (default: the one it names)",
    matching(/^/, "a kernel line of configs/kernels.yaml"),
  );

export const accelOption = (): Option => option("--accel <accelerator>", ACCEL_HELP, oneOf(accelChoices), "auto");
const ACCEL_HELP = "how QEMU runs the host: with KVM, emulated (tcg), or auto: KVM where it works";

export const ktapOption = (): Option => option("--ktap <file>", "also write the results as KTAP", outputFile);
export const junitOption = (): Option => option("--junit <file>", "also write the results as JUnit XML", outputFile);

/** Text below the options of a command: how it is called. */
export function examples(...lines: [command: string, does: string][]): string {
  return ["", "Examples:", ...lines.flatMap(([command, does]) => [`  ${command}`, `      ${does}`])].join("\n");
}

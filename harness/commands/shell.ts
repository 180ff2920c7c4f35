import { join } from "node:path";
import { type Command, Option } from "commander";
import { UsageError } from "../base/errors.ts";
import { cacheDir } from "../base/paths.ts";
import { shellQuote } from "../base/quote.ts";
import type { Shell } from "../base/shell.ts";
import { parseSize } from "../base/size.ts";
import { findBase } from "../kernel/bases.ts";
import { ensureKernel, planKernel } from "../kernel/build.ts";
import { VARIANTS, type Variant } from "../kernel/variant.ts";
import { attachShell } from "../nested/attach-shell.ts";
import { kernelOfImage } from "../nested/image-file.ts";
import { ensureInitramfs } from "../nested/initramfs.ts";
import { type BootKernel, bootNestedHost } from "../nested/nested.ts";
import { type AccelChoice, accelChoices, outerVmArgs } from "../qemu.ts";

type Options = {
  kernel?: string;
  variant: Variant;
  image?: string;
  memory: number;
  cpus: number;
  accel: AccelChoice;
  cpuModel: string;
  device: string;
  cmdline: string;
  timeout: number;
  console?: boolean;
  dryRun?: boolean;
};

/** A command given to the shell may run so long by default. */
const COMMAND_TIMEOUT_SECONDS = 3_600;

export function register(program: Command, $: Shell): void {
  program
    .command("shell")
    .description("boot a kernel in the nested host and give a shell there, or run one command and exit with its status")
    .argument("[command...]", "command for the host under test, after --")
    .option("--kernel <base>", "kernel base, a key of configs/kernels.yaml (default: the file's default)")
    .addOption(new Option("--variant <variant>", "which kernel of the pair").choices(VARIANTS).default("prezero"))
    .option("--image <file>", "boot this bzImage instead of a built kernel")
    .option("--memory <size>", "memory of the host under test", size, 4 * 2 ** 30)
    .option("--cpus <count>", "CPUs of the host under test", count, 2)
    .addOption(new Option("--accel <accelerator>", "accelerator of QEMU").choices(accelChoices).default("auto"))
    .option("--cpu-model <model>", "CPU model for QEMU, for example max,-erms,-fsrm", "max")
    .option("--device <device>", "device to prepare for assignment: emulated, or a PCI address of the host", "emulated")
    .option("--cmdline <text>", "more for the kernel's command line", "")
    .option("--timeout <seconds>", "deadline of the command", count, COMMAND_TIMEOUT_SECONDS)
    .option("--console", "show the serial console too, on stderr")
    .option("--dry-run", "print the QEMU command, run nothing")
    .action((words, options) => shell($, words, options));
}

async function shell($: Shell, words: string[], options: Options): Promise<void> {
  if (options.dryRun) {
    process.stdout.write(`${await dryRun($, options)}\n`);
    return;
  }
  const kernel = await kernelOf($, options);
  const consoleLog = cacheDir("logs", `shell-${process.pid}.log`);
  const startedMs = Date.now();
  await using host = await bootNestedHost($, {
    kernel,
    consoleLog,
    memoryBytes: options.memory,
    cpus: options.cpus,
    accel: options.accel,
    cpuModel: options.cpuModel,
    device: options.device,
    extraCmdline: options.cmdline,
    ...(options.console ? { onConsole: (text: string) => process.stderr.write(text) } : {}),
  });
  const took = ((Date.now() - startedMs) / 1000).toFixed(1);
  process.stderr.write(
    `${kernel.release}, ${host.fingerprint.accelerator}, up in ${took} s; serial console: ${consoleLog}\n`,
  );
  const command = words.join(" ");
  process.exitCode =
    command === "" && process.stdin.isTTY
      ? await attachShell(host)
      : await host.stream(
          command || (await scriptFromStdin()),
          (chunk, isError) => (isError ? process.stderr : process.stdout).write(chunk),
          options.timeout * 1000,
        );
  for (const complaint of host.complaints()) process.stderr.write(`\nthe kernel complained:\n${complaint.text}\n`);
}

async function kernelOf($: Shell, options: Options): Promise<BootKernel> {
  if (options.image !== undefined) return kernelOfImage(options.image);
  const kernel = await ensureKernel($, { base: await findBase(options.kernel), variant: options.variant });
  return { ...kernel, variant: options.variant };
}

/** Without a terminal and without a command, what comes on stdin is the script to run. */
async function scriptFromStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

async function dryRun($: Shell, options: Options): Promise<string> {
  const built = async () => planKernel($, { base: await findBase(options.kernel), variant: options.variant });
  const args = outerVmArgs({
    kernelImage: options.image ?? join((await built()).dir, "bzImage"),
    initrd: await ensureInitramfs($),
    extraCmdline: options.cmdline,
    memoryBytes: options.memory,
    cpus: options.cpus,
    accel: options.accel === "kvm" ? "kvm" : "tcg",
    cpuModel: options.cpuModel,
    control: undefined,
  });
  return shellQuote(["qemu-system-x86_64", ...args]);
}

function size(text: string): number {
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  throw new UsageError({
    code: "SIZE",
    message: `Not a size: ${text}`,
    remedy: "Write a number with K, M, G or T, for example 4G.",
  });
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new UsageError({ code: "COUNT", message: `Not a count: ${text}`, remedy: "Write a whole number from 1 up." });
}

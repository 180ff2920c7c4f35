import { join } from "node:path";
import { type Command, Option } from "commander";
import { count, oneOf, option, size } from "../base/option.ts";
import { print, say } from "../base/output.ts";
import { cacheDir } from "../base/paths.ts";
import { shellQuote } from "../base/quote.ts";
import type { Shell } from "../base/shell.ts";
import { GIB_BYTES } from "../base/size.ts";
import { findBase } from "../kernel/bases.ts";
import { ensureKernel, planKernel } from "../kernel/build.ts";
import { VARIANTS, type Variant } from "../kernel/variant.ts";
import { attachShell } from "../nested/attach-shell.ts";
import { assertNestedDevice } from "../nested/device.ts";
import { kernelOfImage } from "../nested/image-file.ts";
import { ensureInitramfs } from "../nested/initramfs.ts";
import { type BootKernel, bootNestedHost } from "../nested/nested.ts";
import { assertCpuModel, chooseAccelerator, outerVmArgs } from "../qemu.ts";
import type { Accelerator } from "../run/sample.ts";
import { type AccelOption, accelOption, examples, type KernelOption, kernelOption } from "./options.ts";

type Options = KernelOption &
  AccelOption & {
    variant: Variant;
    image?: string;
    memory: number;
    cpus: number;
    cpuModel: string;
    device: string;
    cmdline?: string;
    timeout: number;
    console?: boolean;
    dryRun?: boolean;
  };

/** A command given to the shell may run so long by default. */
const COMMAND_TIMEOUT_SECONDS = 3_600;

export function register(program: Command, $: Shell): void {
  program
    .command("shell")
    .description("boot a kernel in the nested host and open a shell there, or run one command")
    .argument("[command...]", "run this on the host instead, and exit with its status")
    .addOption(kernelOption())
    .addOption(option("--variant <variant>", `which kernel: ${VARIANTS.join(" or ")}`, oneOf(VARIANTS), "prezero"))
    .option("--image <file>", "boot this bzImage instead of a built kernel")
    .addOption(option("--memory <size>", "memory of the host", size, 4 * GIB_BYTES))
    .addOption(option("--cpus <count>", "CPUs of the host", count(), 2))
    .addOption(accelOption())
    .addOption(
      new Option("--cpu-model <model>", "CPU model of the host, such as max,-erms,-fsrm").default("max", "max"),
    )
    .addOption(
      new Option("--device <device>", "device to bind to vfio-pci: emulated, or a PCI address of the host").default(
        "emulated",
        "emulated",
      ),
    )
    .option("--cmdline <text>", "append to the kernel's command line")
    .addOption(option("--timeout <seconds>", "deadline of the command", count(), COMMAND_TIMEOUT_SECONDS))
    .option("--console", "also show the serial console, on stderr")
    .option("--dry-run", "print the QEMU command, run nothing")
    .addHelpText(
      "after",
      examples(
        ["npm run shell", "a shell in the kernel with the series"],
        ["npm run shell -- --variant base -- grep . /sys/kernel/mm/transparent_hugepage/*", "one command without it"],
        ["npm run shell -- --image arch/x86/boot/bzImage --console", "a kernel of yours"],
      ),
    )
    .action((words: string[], options: Options) => shell($, words, options));
}

async function shell($: Shell, words: string[], asked: Options): Promise<void> {
  const options = { ...asked, accel: await chooseAccelerator($, asked.accel) };
  assertNestedDevice(options.device);
  await assertCpuModel($, options.cpuModel, options.accel, "--cpu-model");
  if (options.dryRun) {
    print(await dryRun($, options));
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
    extraCmdline: options.cmdline ?? "",
    ...(options.console ? { onConsole: (text: string) => process.stderr.write(text) } : {}),
  });
  const took = ((Date.now() - startedMs) / 1000).toFixed(1);
  say(`${kernel.release}, ${host.fingerprint.accelerator}, up in ${took} s; serial console: ${consoleLog}`);
  const command = words.join(" ");
  process.exitCode =
    command === "" && process.stdin.isTTY
      ? await attachShell(host)
      : await host.stream(
          command || (await scriptFromStdin()),
          (chunk, isError) => (isError ? process.stderr : process.stdout).write(chunk),
          options.timeout * 1000,
        );
  for (const complaint of host.complaints()) say(`\nthe kernel complained:\n${complaint.text}`);
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

async function dryRun($: Shell, options: Options & { accel: Accelerator }): Promise<string> {
  const built = async () => planKernel($, { base: await findBase(options.kernel), variant: options.variant });
  const args = outerVmArgs({
    kernelImage: options.image ?? join((await built()).dir, "bzImage"),
    initrd: await ensureInitramfs($),
    extraCmdline: options.cmdline ?? "",
    memoryBytes: options.memory,
    cpus: options.cpus,
    accel: options.accel,
    cpuModel: options.cpuModel,
    control: undefined,
  });
  return shellQuote(["qemu-system-x86_64", ...args]);
}

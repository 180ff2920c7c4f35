import { type Command, Option } from "commander";
import { count, examples, type KernelOption, kernelOption, oneOf, option, size } from "../base/option.ts";
import { print, printJson, say } from "../base/output.ts";
import { cacheDir } from "../base/paths.ts";
import { dryRun, type Shell } from "../base/shell.ts";
import { GIB_BYTES } from "../base/size.ts";
import type { BootedHost, BootKernel, Host } from "../host/host.ts";
import { kernelOfImage } from "../host/image-file.ts";
import { openHost } from "../hosts.ts";
import { findBase } from "../kernel/bases.ts";
import { ensureKernel } from "../kernel/build.ts";
import { VARIANTS, type Variant } from "../kernel/variant.ts";
import { type AccelOption, accelOption } from "../qemu.ts";

type Options = KernelOption &
  AccelOption & {
    host: string;
    variant: Variant;
    image?: string;
    memory: number;
    cpus: number;
    cpuModel?: string;
    device: string;
    cmdline?: string;
    timeout: number;
    console?: boolean;
    dryRun?: boolean;
    json?: boolean;
  };

/** A command given to the shell may run so long by default. */
const COMMAND_TIMEOUT_SECONDS = 3_600;

export function register(program: Command, $: Shell): void {
  program
    .command("shell")
    .description("boot a kernel on a host and open a shell there, or run one command")
    .argument("[command...]", "run this on the host instead, and exit with its status")
    .addOption(new Option("--host <host>", "where it boots: nested, a VM made here").default("nested", "nested"))
    .addOption(kernelOption())
    .addOption(option("--variant <variant>", `which kernel: ${VARIANTS.join(" or ")}`, oneOf(VARIANTS), "prezero"))
    .option("--image <file>", "boot this bzImage instead of a built kernel")
    .addOption(option("--memory <size>", "memory of the host", size, 4 * GIB_BYTES))
    .addOption(option("--cpus <count>", "CPUs of the host", count(), 2))
    .addOption(accelOption())
    .option("--cpu-model <model>", "CPU of the host, such as max,-erms,-fsrm (default: host with KVM, max under TCG)")
    .addOption(
      new Option("--device <device>", "device to bind to vfio-pci: emulated, or a PCI address of the host").default(
        "emulated",
        "emulated",
      ),
    )
    .option("--cmdline <text>", "append to the kernel's command line")
    .addOption(option("--timeout <seconds>", "deadline of the command", count(), COMMAND_TIMEOUT_SECONDS))
    .option("--console", "also show the serial console, on stderr")
    .option("--dry-run", "print the commands, run nothing")
    .option("--json", "with --dry-run, print them as JSON")
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

async function shell($: Shell, words: string[], options: Options): Promise<void> {
  if (options.dryRun) {
    const commands = await dryRun($, async ($) => {
      await using machine = await openHost($, options.host);
      await using host = (await boot($, machine, options)).host;
      if (words.length > 0) await host.stream(words.join(" "), () => {}, options.timeout * 1000);
    });
    return options.json ? printJson({ commands }) : print(...commands);
  }
  await using machine = await openHost($, options.host);
  const { tookMs, ...booted } = await boot($, machine, options);
  await using host = booted.host;
  const { kernelRelease, accelerator } = host.fingerprint;
  say(`${kernelRelease}, ${accelerator}, up in ${(tookMs / 1000).toFixed(1)} s; serial console: ${consoleLog()}`);
  const command = words.join(" ");
  process.exitCode =
    command === "" && process.stdin.isTTY
      ? await host.shell()
      : await host.stream(
          command || (await scriptFromStdin()),
          (chunk, isError) => (isError ? process.stderr : process.stdout).write(chunk),
          options.timeout * 1000,
        );
  for (const complaint of await host.complaints()) say(`\nthe kernel complained:\n${complaint.text}`);
}

function consoleLog(): string {
  return cacheDir("logs", `shell-${process.pid}.log`);
}

/** What the host cannot be is refused before a kernel is built. @returns with the time that the boot alone took */
async function boot($: Shell, machine: Host, options: Options): Promise<{ host: BootedHost; tookMs: number }> {
  const { accel, cpuModel, device, cmdline: commandLine = "" } = options;
  const memoryBytes = options.memory;
  const wish = { accel, clock: "time", cpuModel, cpus: undefined, device, vms: 1, memoryBytes } as const;
  const { setting } = await machine.examine(wish);
  const kernel = await kernelOf($, options);
  const startedMs = Date.now();
  const host = await machine.boot({
    // Nothing is timed: more CPUs than there are may take turns.
    setting: { ...setting, hostCpus: options.cpus, hostMemoryBytes: memoryBytes },
    ...{ commandLine, vms: 1, throwaway: false, kernel, guestKernel: null },
    consoleLog: consoleLog(),
    ...(options.console ? { onConsole: (text: string) => process.stderr.write(text) } : {}),
  });
  return { host, tookMs: Date.now() - startedMs };
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

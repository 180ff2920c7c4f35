import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { InfrastructureError } from "../base/errors.ts";
import { shellQuote } from "../base/quote.ts";
import { RuntimeDir } from "../base/runtime-dir.ts";
import type { Shell } from "../base/shell.ts";
import { machineFingerprint } from "../host/fingerprint.ts";
import { assertHostMemory } from "../host/memory-check.ts";
import { programsArchive } from "../host/programs.ts";
import {
  type AccelChoice,
  chooseAccelerator,
  EMULATED_DEVICE_MODEL,
  emulatedDeviceAddresses,
  forwardedPort,
  greetingMs,
  type Hardware,
  type OuterVm,
  outerVmArgs,
  QemuProcess,
  SocketListener,
  scaledMs,
  versionText,
} from "../qemu.ts";
import type { Accelerator, Clock, Fingerprint } from "../run/sample.ts";
import { bindToVfio, type VfioBinding } from "../vfio/bind.ts";
import { makeGuestRoot } from "../vm/guest-boot.ts";
import { SerialConsole } from "./console.ts";
import { explainFailure, type Watched } from "./failure.ts";
import { ensureInitramfs, installedArchive, keysArchive } from "./initramfs.ts";
import { type BootKeys, makeBootKeys } from "./keys.ts";
import { NestedHost } from "./nested-host.ts";
import { SshConnection } from "./ssh.ts";

/** The kernel that is booted, as the build pipeline describes it. */
export type BootKernel = {
  imagePath: string;
  release: string;
  imageSha256: string;
  configSha256: string;
  variant: Fingerprint["kernelVariant"];
};

export type NestedHostOptions = {
  kernel: BootKernel;
  /** Memory of the host under test, bytes; all of it is touched before the boot. */
  memoryBytes: number;
  cpus: number;
  accel: AccelChoice;
  /** What its clock counts; time when absent. */
  clock?: Clock;
  /** CPU model for -cpu, `max` or for example `max,-erms,-fsrm`. */
  cpuModel: string;
  /** `emulated`, or the address of a PCI device of the host under test. */
  device: string;
  /** Added to the kernel's command line. */
  extraCmdline?: string;
  /** Static programs of this machine that the host gets into /usr/local/bin. */
  programs?: string[];
  /** Kernel for guests that are to boot, by its path: the file's name is bzImage. */
  guestKernel?: string;
  /** Programs of this machine, by their path, that the host gets with the libraries that they need. */
  installed?: string[];
  /** What the host has beside memory, CPUs, network and the device. */
  hardware?: Hardware;
  /** File for all that the serial console prints. */
  consoleLog: string;
  /** Told what the serial console prints, as it comes. */
  onConsole?: (text: string) => void;
  /** Multiplies every deadline that waits for the guest; 1 when absent. */
  patience?: number;
  /** Another QEMU, for tests. */
  program?: string;
};

/** First message of our init when the SSH server listens. */
const READY = /^prezero-init: ready/m;
const SSH_PORT = 22;
const BOOT_MS = 30_000;
const SSH_MS = 15_000;

/**
 * Boots the kernel in QEMU with an emulated IOMMU and an emulated device, and connects over SSH.
 * @throws UsageError HOST_MEMORY_RANGE, KVM_UNUSABLE, DEVICE_UNKNOWN, GROUP_NOT_VIABLE; InfrastructureError QEMU_MISSING, QEMU_EXITED,
 * KERNEL_PANIC, KERNEL_OOPS, BOOT_TIMEOUT, SSH_CONNECT; InterruptedError
 */
export async function bootNestedHost($: Shell, options: NestedHostOptions): Promise<NestedHost> {
  assertHostMemory(options.memoryBytes);
  const asked = await chooseAccelerator($, options.accel, options.program ? { program: options.program } : {});
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(new RuntimeDir());
  const keys = await makeBootKeys($, directory.path);
  const initramfs = await ensureInitramfs($);
  const initrd = directory.file("initrd");
  const guestKernel = options.guestKernel === undefined ? [] : [options.guestKernel];
  const archives = [
    programsArchive([...(options.programs ?? []), ...guestKernel]),
    await installedArchive($, options.installed ?? []),
  ];
  const added = [keysArchive(keys), ...archives];
  writeFileSync(initrd, Buffer.concat([readFileSync(initramfs), ...added]), { mode: 0o600 });
  mkdirSync(dirname(options.consoleLog), { recursive: true });

  const consoleListener = stack.use(await SocketListener.listen(directory.socket("console")));
  const qmpSocket = directory.socket("qmp");
  const program = options.program ?? "qemu-system-x86_64";
  const vm: OuterVm = {
    kernelImage: options.kernel.imagePath,
    initrd,
    extraCmdline: options.extraCmdline ?? "",
    memoryBytes: options.memoryBytes,
    cpus: options.cpus,
    accel: asked,
    clock: options.clock ?? "time",
    cpuModel: options.cpuModel,
    control: { qmpSocket, consoleSocket: consoleListener.path },
    hardware: options.hardware ?? {},
  };
  const qemu = stack.use(
    await QemuProcess.launch($, {
      program,
      args: outerVmArgs(vm),
      // For a person: on the terminal, and with the part of the initramfs that outlives this run.
      reproducer: shellQuote([program, ...outerVmArgs({ ...vm, initrd: initramfs, control: undefined })]),
      qmpSocket,
      greetingTimeoutMs: greetingMs(options.memoryBytes),
    }),
  );
  const console = new SerialConsole(await consoleListener.connection, options.consoleLog, options.onConsole);
  const watched: Watched = { qemu, console, consoleLog: options.consoleLog, signal: $.signal };
  const { accelerator, connection } = await connect(watched, qemu, keys, options.patience);
  const ssh = stack.use(connection);
  const emulated = options.device === "emulated";
  const fingerprint: Fingerprint = {
    ...machineFingerprint(),
    accelerator,
    clock: options.clock ?? "time",
    cpuModel: options.cpuModel,
    hostCpus: options.cpus,
    hostMemoryBytes: options.memoryBytes,
    qemuVersion: versionText(qemu.qmp.greeting),
    device: emulated ? `${EMULATED_DEVICE_MODEL} (emulated)` : options.device,
    kernelRelease: options.kernel.release,
    kernelImageSha256: options.kernel.imageSha256,
    kernelConfigSha256: options.kernel.configSha256,
    kernelVariant: options.kernel.variant,
  };
  const host = new NestedHost({
    watched,
    qemu,
    ssh,
    fingerprint,
    patience: options.patience ?? 1,
    resources: stack.move(),
  });
  try {
    // Not given back at the end: the whole host goes away with its driver bindings.
    const addresses = emulated ? emulatedDeviceAddresses(options.hardware?.assignable) : [options.device];
    await host.prepare(async () => {
      const bound: VfioBinding[] = [];
      for (const address of addresses) bound.push(await bindToVfio(host.exec, address));
      return bound;
    });
    if (options.guestKernel !== undefined) await makeGuestRoot(host.exec);
    return host;
  } catch (error) {
    await host[Symbol.asyncDispose]();
    throw error;
  }
}

type Connected = { accelerator: Accelerator; connection: SshConnection };

/** Waits for the init's word, then connects; whatever fails is explained by what the guest and QEMU said last. */
async function connect(watched: Watched, qemu: QemuProcess, keys: BootKeys, patience = 1): Promise<Connected> {
  try {
    const accelerator = await qemu.accelerator();
    const port = await forwardedPort(qemu.qmp, SSH_PORT);
    await waitForInit(watched.console, scaledMs(BOOT_MS, accelerator, patience));
    const target = { host: "127.0.0.1", port, user: "root", privateKey: keys.userPrivate, hostKey: keys.hostPublic };
    return { accelerator, connection: await SshConnection.connect(target, scaledMs(SSH_MS, accelerator, patience)) };
  } catch (error) {
    throw error instanceof InfrastructureError ? await explainFailure(watched, error) : error;
  }
}

async function waitForInit(console: SerialConsole, timeoutMs: number): Promise<void> {
  const dead = console.fatal.then(() => false);
  const isReady = await Promise.race([console.waitFor(READY, timeoutMs), dead]);
  console.assertLogged();
  if (isReady) return;
  throw new InfrastructureError({
    code: "BOOT_TIMEOUT",
    message: `The kernel under test did not get to the end of its init within ${timeoutMs / 1000} s`,
    remedy: `Boot it and watch: ${shellQuote(["npm", "run", "shell", "--", "--console"])}.`,
  });
}

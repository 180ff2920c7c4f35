import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { RuntimeDir } from "../base/runtime-dir.ts";
import type { Shell } from "../base/shell.ts";
import { availableHereBytes, readThisMachine } from "../base/this-machine.ts";
import type { BootKernel } from "../host/host.ts";
import { programsArchive } from "../host/programs.ts";
import {
  chooseAccelerator,
  EMULATED_DEVICE_MODEL,
  emulatedDeviceAddresses,
  QEMU_PROGRAM,
  SocketListener,
} from "../qemu.ts";
import type { Fingerprint } from "../run/sample.ts";
import { bindToVfio, type VfioBinding } from "../vfio/bind.ts";
import { makeGuestRoot } from "../vm/guest-boot.ts";
import { BootedNestedHost } from "./booted-host.ts";
import { ensureInitramfs, installedArchive, keysArchive } from "./initramfs.ts";
import { makeBootKeys } from "./keys.ts";
import { type NestedMachine, qemuHostOf } from "./machine.ts";
import { recordedMachine } from "./recorded-machine.ts";
import { assertHostMemory } from "./room.ts";
import { type MachineOrder, startMachine } from "./start-machine.ts";

export type NestedHostOptions = NestedMachine & {
  kernel: BootKernel;
  /** Static programs of this machine that the host gets into /usr/local/bin. */
  programs?: string[];
  /** Kernel for VMs that are to boot, by its path: the file's name is bzImage. */
  guestKernel?: string;
  /** Programs of this machine, by their path, that the host gets with the libraries that they need. */
  installed?: string[];
  /** File for all that the serial console prints. */
  consoleLog: string;
  /** Told what the serial console prints, as it comes. */
  onConsole?: (text: string) => void;
  /** Multiplies every deadline that waits for the host; 1 when absent. */
  patience?: number;
  /** Another QEMU, for tests. */
  program?: string;
};

/**
 * Boots the kernel in QEMU with an emulated IOMMU and an emulated device, and connects over SSH.
 * @throws UsageError HOST_MEMORY_RANGE, KVM_UNUSABLE, DEVICE_UNKNOWN, GROUP_NOT_VIABLE; InfrastructureError QEMU_MISSING, QEMU_EXITED,
 * KERNEL_PANIC, KERNEL_OOPS, BOOT_TIMEOUT, SSH_CONNECT; InterruptedError
 */
export async function bootNestedHost($: Shell, options: NestedHostOptions): Promise<BootedNestedHost> {
  assertHostMemory(options.memoryBytes, availableHereBytes());
  const asked = await chooseAccelerator($, options.accel, options.program ? { program: options.program } : {});
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(new RuntimeDir());
  const keys = await makeBootKeys($, directory.path);
  const initramfs = await ensureInitramfs($);
  const initrd = directory.file("initrd");
  const guestKernel = options.guestKernel === undefined ? [] : [options.guestKernel];
  const archives = [
    await programsArchive($, [...(options.programs ?? []), ...guestKernel]),
    await installedArchive($, options.installed ?? []),
  ];
  const added = [keysArchive(keys), ...archives];
  writeFileSync(initrd, Buffer.concat([await $.files.readBytes(initramfs, ""), ...added]), { mode: 0o600 });
  await $.files.makeDirectory(dirname(options.consoleLog));

  const console = stack.use(await SocketListener.listen(directory.socket("console")));
  const qmpSocket = directory.socket("qmp");
  const { imagePath: kernelImage } = options.kernel;
  const order: MachineOrder = {
    program: options.program ?? QEMU_PROGRAM,
    host: {
      ...qemuHostOf({ ...options, kernelImage, accel: asked, initrd }),
      control: { qmpSocket, consoleSocket: console.path },
    },
    ...{ initramfs, keys, qmpSocket, console },
    consoleLog: options.consoleLog,
    onConsole: options.onConsole,
    patience: options.patience ?? 1,
  };
  const emulated = options.device === "emulated";
  const addresses = emulated ? emulatedDeviceAddresses(options.hardware?.assignable) : [options.device];
  const machine = $.dry ? recordedMachine($, order, addresses) : await startMachine($, stack, order);
  const thisMachine = await readThisMachine($);
  const fingerprint: Fingerprint = {
    machineCpu: thisMachine.cpu,
    machineMicrocode: thisMachine.microcode,
    machineCpus: thisMachine.cpus,
    machineMemoryBytes: thisMachine.memoryBytes,
    accelerator: machine.accelerator,
    clock: options.clock ?? "time",
    cpuModel: options.cpuModel,
    hostCpus: options.cpus,
    hostMemoryBytes: options.memoryBytes,
    qemuVersion: machine.qemuVersion,
    device: emulated ? `${EMULATED_DEVICE_MODEL} (emulated)` : options.device,
    kernelRelease: options.kernel.release,
    kernelImageSha256: options.kernel.imageSha256,
    kernelConfigSha256: options.kernel.configSha256,
    kernelVariant: options.kernel.variant,
  };
  const host = new BootedNestedHost({
    ...machine,
    note: $.note,
    fingerprint,
    patience: options.patience ?? 1,
    resources: stack.move(),
  });
  try {
    // Not given back at the end: the whole host goes away with its driver bindings.
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

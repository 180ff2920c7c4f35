import { availableParallelism } from "node:os";
import { shellQuote } from "../base/quote.ts";
import type { Shell } from "../base/shell.ts";
import { availableHereBytes, readThisMachine } from "../base/this-machine.ts";
import { vmArgs } from "../host/create-vm.ts";
import type { BootRequest, BootSetting, Host, HostOffer, HostWish, VmRequest } from "../host/host.ts";
import {
  assertCpuModel,
  chooseAccelerator,
  emulatedDeviceAddresses,
  hostArgs,
  QEMU_PROGRAM,
  qemuVersion,
} from "../qemu.ts";
import { type Accelerator, acceleratorSchema } from "../run/sample.ts";
import { bootNestedHost } from "./boot.ts";
import type { BootedNestedHost } from "./booted-host.ts";
import { initramfsPath } from "./initramfs.ts";
import { type NestedMachine, qemuHostOf } from "./machine.ts";
import { NestedRoom } from "./room.ts";
import { nestedSetting } from "./setting.ts";

/** ACPI table that tells the kernel that never clears (configs/bench-patches) where it is. */
const THROWAWAY_MARK = "sig=NCLR,oem_id=PRZERO,oem_table_id=BENCH-VM,data=/dev/null";

/** The host that QEMU makes on this machine, anew for each boot. */
export class NestedHost implements Host {
  readonly #$: Shell;

  constructor($: Shell) {
    this.#$ = $;
  }

  /** @throws UsageError KVM_UNUSABLE, CPU_UNKNOWN and what {@link nestedSetting} throws; InfrastructureError QEMU_MISSING */
  async examine(wish: HostWish): Promise<HostOffer> {
    const version = await qemuVersion(this.#$);
    const accelerator = await chooseAccelerator(this.#$, wish.accel);
    const setting = nestedSetting(wish, accelerator, availableParallelism());
    if (wish.cpuModel !== undefined) await assertCpuModel(this.#$, wish.cpuModel, accelerator);
    const { microcode, ...machine } = await readThisMachine(this.#$);
    return {
      setting,
      isThrowaway: true,
      room: new NestedRoom(availableHereBytes()),
      machine,
      qemuVersion: version,
    };
  }

  /** @throws what {@link bootNestedHost} throws */
  boot(request: BootRequest): Promise<BootedNestedHost> {
    const { kernel, guestKernel, consoleLog, onConsole } = request;
    return bootNestedHost(this.#$, {
      ...machineOf(request),
      kernel,
      consoleLog,
      ...(onConsole && { onConsole }),
      ...(guestKernel !== null && { guestKernel }),
    });
  }

  commands(request: BootSetting, kernelImage: string, vms: readonly VmRequest[]): { boot: string[]; create: string[] } {
    const { setting } = request;
    const machine = machineOf(request);
    const qemu = qemuHostOf({ ...machine, kernelImage, accel: machine.accel, initrd: initramfsPath() });
    const addresses = setting.device === "emulated" ? emulatedDeviceAddresses(request.vms) : [setting.device];
    const here = { cpus: setting.hostCpus, isEmulated: setting.accelerator === "tcg" };
    const creations = vms.flatMap((vm) => addresses.map((address) => vmArgs({ ...vm, ...here }, { address })));
    return {
      boot: [shellQuote([QEMU_PROGRAM, ...hostArgs(qemu)])],
      create: creations.map((args) => shellQuote([QEMU_PROGRAM, ...args])),
    };
  }

  /** Each boot is a machine of its own, which is gone with it. */
  async [Symbol.asyncDispose](): Promise<void> {}
}

function machineOf({ setting, vms, commandLine, throwaway }: BootSetting): NestedMachine & { accel: Accelerator } {
  return {
    memoryBytes: setting.hostMemoryBytes,
    cpus: setting.hostCpus,
    accel: acceleratorSchema.parse(setting.accelerator),
    clock: setting.clock,
    cpuModel: setting.cpuModel,
    device: setting.device,
    extraCmdline: commandLine,
    hardware: { assignable: vms, acpiTables: throwaway ? [THROWAWAY_MARK] : [] },
  };
}

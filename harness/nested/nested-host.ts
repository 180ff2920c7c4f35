import { availableParallelism } from "node:os";
import type { Shell } from "../base/shell.ts";
import { availableHereBytes, readThisMachine } from "../base/this-machine.ts";
import type { BootRequest, BootSetting, Host, HostOffer, HostWish } from "../host/host.ts";
import { assertCpuModel, chooseAccelerator, qemuVersion } from "../qemu.ts";
import { type Accelerator, acceleratorSchema } from "../run/sample.ts";
import { bootNestedHost } from "./boot.ts";
import type { BootedNestedHost } from "./booted-host.ts";
import type { NestedMachine } from "./machine.ts";
import { assertHostMemory, NestedRoom } from "./room.ts";
import { nestedSetting } from "./setting.ts";

/** ACPI table that tells the kernel that never clears (configs/bench-patches) where it is. */
const THROWAWAY_MARK = "sig=NCLR,oem_id=PRZERO,oem_table_id=BENCH-VM,data=/dev/null";

/** The host that QEMU makes on this machine, anew for each boot. */
export class NestedHost implements Host {
  readonly #$: Shell;

  constructor($: Shell) {
    this.#$ = $;
  }

  /** @throws UsageError HOST_MEMORY_RANGE, KVM_UNUSABLE, CPU_UNKNOWN and what {@link nestedSetting} throws; InfrastructureError QEMU_MISSING */
  async examine(wish: HostWish): Promise<HostOffer> {
    const availableBytes = availableHereBytes();
    if (wish.memoryBytes !== undefined) assertHostMemory(wish.memoryBytes, availableBytes);
    const version = await qemuVersion(this.#$);
    const accelerator = await chooseAccelerator(this.#$, wish.accel);
    const setting = nestedSetting(wish, accelerator, availableParallelism());
    if (wish.cpuModel !== undefined) await assertCpuModel(this.#$, wish.cpuModel, accelerator);
    const { microcode, ...machine } = await readThisMachine(this.#$);
    return {
      setting,
      isThrowaway: true,
      room: new NestedRoom(availableBytes),
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

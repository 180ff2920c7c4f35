import { UsageError } from "../base/errors.ts";
import { formatSize, GIB_BYTES, MIB_BYTES } from "../base/size.ts";
import { type Fitting, VM_STEP_BYTES, type VmRoom } from "../host/host.ts";

/** The host needs this beside the VM: kernel, initramfs with QEMU in it, watermarks and the worker's margin. */
const HOST_OVERHEAD_BYTES = 1.5 * GIB_BYTES;
/** And this share of the VM: struct pages (1/64), page tables of 4 KiB pages and of the IOMMU (2/512). */
const HOST_OVERHEAD_SHARE = 1 / 64 + 2 / 512;
/** Left to this machine and to what the host's QEMU needs for itself. */
const MACHINE_RESERVE_BYTES = GIB_BYTES;

/** The host must have room for its kernel and the initramfs. */
const SMALLEST_HOST_BYTES = 512 * MIB_BYTES;
/** A host of a size that was asked for may leave less to this machine. */
const LEAST_RESERVE_BYTES = GIB_BYTES / 2;

/** Memory for the VMs of a nested host: a part of what this machine has available. */
export class NestedRoom implements VmRoom {
  readonly #availableBytes: number;

  constructor(availableBytes: number) {
    this.#availableBytes = availableBytes;
  }

  largestVmBytes(vms: number): number {
    const forVms = (this.#availableBytes - MACHINE_RESERVE_BYTES - HOST_OVERHEAD_BYTES) / (1 + HOST_OVERHEAD_SHARE);
    return Math.max(0, Math.floor(forVms / vms / VM_STEP_BYTES) * VM_STEP_BYTES);
  }

  /** In whole MiB. */
  hostMemoryBytes(vmsBytes: number): number {
    return Math.ceil((HOST_OVERHEAD_BYTES + vmsBytes * (1 + HOST_OVERHEAD_SHARE)) / MIB_BYTES) * MIB_BYTES;
  }

  assertFits(vmBytes: number, { vms, what, option }: Fitting): void {
    const largest = this.largestVmBytes(vms);
    if (vmBytes <= largest) return;
    const needed = inGib(this.hostMemoryBytes(vms * vmBytes) + MACHINE_RESERVE_BYTES);
    const subject = vms === 1 ? `A ${what}` : `${vms} VMs at a time`;
    throw new UsageError({
      code: "MEMORY_DOES_NOT_FIT",
      message: `${subject} of ${formatSize(vmBytes)} ${vms === 1 ? "does not fit: it needs" : "do not fit: they need"} ${needed} of available memory, and this machine has ${inGib(this.#availableBytes)}`,
      remedy: remedyFor(largest, what, option),
    });
  }
}

function remedyFor(largest: number, what: string, option: Fitting["option"]): string {
  if (option === null) return "Free memory, then go on.";
  if (largest === 0) return `Free memory: even the smallest ${what} (${formatSize(VM_STEP_BYTES)}) does not fit.`;
  return `The largest that fits is ${formatSize(largest)}: ${option} ${formatSize(largest)}`;
}

/**
 * All of the host's memory is touched before it boots, so too much would not fail but have this machine kill processes.
 * @throws UsageError HOST_MEMORY_RANGE naming what is allowed
 */
export function assertHostMemory(memoryBytes: number, availableBytes: number): void {
  const largest = Math.floor((availableBytes - LEAST_RESERVE_BYTES) / MIB_BYTES) * MIB_BYTES;
  if (memoryBytes >= SMALLEST_HOST_BYTES && memoryBytes <= largest && memoryBytes % MIB_BYTES === 0) return;
  throw new UsageError({
    code: "HOST_MEMORY_RANGE",
    message: `The host under test cannot have ${formatSize(memoryBytes)} of memory`,
    remedy: `Give whole MiB from ${formatSize(SMALLEST_HOST_BYTES)} to ${formatSize(Math.max(largest, 0))}, which is what is free on this machine now.`,
  });
}

function inGib(bytes: number): string {
  return `${(bytes / GIB_BYTES).toFixed(1)} GiB`;
}

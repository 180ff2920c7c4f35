import { UsageError } from "../base/errors.ts";
import { formatSize, GIB_BYTES, MIB_BYTES } from "../base/size.ts";

/** The host needs this beside the VM: kernel, initramfs with QEMU in it, watermarks and the worker's margin. */
const HOST_OVERHEAD_BYTES = 1.5 * GIB_BYTES;
/** And this share of the VM: struct pages (1/64), page tables of 4 KiB pages and of the IOMMU (2/512). */
const HOST_OVERHEAD_SHARE = 1 / 64 + 2 / 512;
/** Left to the machine itself and to the outer QEMU's own needs. */
const MACHINE_RESERVE_BYTES = GIB_BYTES;
/** VM sizes are whole multiples of this, so that huge pages of 2 MiB tile them and numbers stay readable. */
const VM_STEP_BYTES = 256 * MIB_BYTES;

/** Smallest VM whose creation is worth timing, bytes. */
export const SMALLEST_VM_BYTES = VM_STEP_BYTES;

/** @throws UsageError VM_TOO_SMALL naming the smallest */
export function assertVmIsWorthTiming(vmBytes: number): void {
  if (vmBytes >= SMALLEST_VM_BYTES) return;
  const smallest = formatSize(SMALLEST_VM_BYTES);
  throw new UsageError({
    code: "VM_TOO_SMALL",
    message: `The creation of a VM of ${formatSize(vmBytes)} is not worth timing: it would be all but its memory`,
    remedy: `Allowed for --memory and --sweep: sizes from ${smallest}.`,
  });
}

/** Memory that a nested host gets for VMs of up to that size, bytes, in whole MiB. */
export function hostMemoryBytes(vmBytes: number): number {
  return Math.ceil((HOST_OVERHEAD_BYTES + vmBytes * (1 + HOST_OVERHEAD_SHARE)) / MIB_BYTES) * MIB_BYTES;
}

/**
 * Largest VM of which a nested host can have so many at a time on a machine with so much memory available; 0 when not
 * even the smallest.
 */
export function largestVmBytes(availableBytes: number, vms = 1): number {
  const forVms = (availableBytes - MACHINE_RESERVE_BYTES - HOST_OVERHEAD_BYTES) / (1 + HOST_OVERHEAD_SHARE);
  return Math.max(0, Math.floor(forVms / vms / VM_STEP_BYTES) * VM_STEP_BYTES);
}

/**
 * What has to fit: a VM, or the size of a program, which needs as much beside it; and the option that it is from, null
 * where it can no longer be chosen.
 */
export type Fitting = { vms?: number; what?: "VM" | "size"; option?: "--memory" | "--sweep" | null };

/** @throws UsageError MEMORY_DOES_NOT_FIT naming the largest that does */
export function assertVmFits(vmBytes: number, availableBytes: number, fitting: Fitting = {}): void {
  const { vms = 1, what = "VM", option = "--memory" } = fitting;
  const largest = largestVmBytes(availableBytes, vms);
  if (vmBytes <= largest) return;
  const needed = inGib(hostMemoryBytes(vms * vmBytes) + MACHINE_RESERVE_BYTES);
  const subject = vms === 1 ? `A ${what}` : `${vms} VMs at a time`;
  throw new UsageError({
    code: "MEMORY_DOES_NOT_FIT",
    message: `${subject} of ${formatSize(vmBytes)} ${vms === 1 ? "does not fit: it needs" : "do not fit: they need"} ${needed} of available memory, and this machine has ${inGib(availableBytes)}`,
    remedy: remedyFor(largest, what, option),
  });
}

function remedyFor(largest: number, what: string, option: string | null): string {
  if (option === null) return "Free memory, then go on.";
  if (largest === 0) return `Free memory: even the smallest ${what} (${formatSize(SMALLEST_VM_BYTES)}) does not fit.`;
  return `The largest that fits is ${formatSize(largest)}: ${option} ${formatSize(largest)}`;
}

function inGib(bytes: number): string {
  return `${(bytes / GIB_BYTES).toFixed(1)} GiB`;
}

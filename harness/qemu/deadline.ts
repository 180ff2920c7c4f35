import { GIB_BYTES } from "../base/size.ts";
import type { Accelerator } from "../run/sample.ts";

/** Emulated hosts are this much slower than those on hardware, and so are all deadlines that wait for one. */
const FACTOR: Record<Accelerator, number> = { kvm: 1, tcg: 6 };
/** Touching a GiB before the host starts: memory that this machine itself gets from a hypervisor may come slowly. */
const PREALLOC_PER_GIB_MS = 15_000;
const GREETING_MS = 30_000;

/** A deadline meant for a host on hardware, scaled to the accelerator, and to the caller's patience when it is not 1. */
export function scaledMs(hardwareMs: number, accel: Accelerator, patience = 1): number {
  return hardwareMs * FACTOR[accel] * patience;
}

/** How long a QEMU that preallocates so much memory may take until its monitor greets. */
export function greetingMs(memoryBytes: number): number {
  return GREETING_MS + (memoryBytes / GIB_BYTES) * PREALLOC_PER_GIB_MS;
}

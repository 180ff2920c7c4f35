import { readFileSync } from "node:fs";
import { UsageError } from "../base/errors.ts";
import { formatSize, GIB_BYTES, MIB_BYTES } from "../base/size.ts";

/** The host under test must have room for its kernel and the initramfs. */
const SMALLEST_BYTES = 512 * MIB_BYTES;
/** Left to the machine and to QEMU itself. */
const RESERVE_BYTES = GIB_BYTES / 2;

/** Memory that can be had without swapping, bytes (MemAvailable of /proc/meminfo). */
export function availableMemoryBytes(): number {
  const match = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"));
  return Number(match?.[1] ?? 0) * 1024;
}

/**
 * All of the host's memory is touched before it boots, so too much would not fail but have the machine kill processes.
 * @throws UsageError HOST_MEMORY_RANGE naming what is allowed
 */
export function assertHostMemory(memoryBytes: number, availableBytes = availableMemoryBytes()): void {
  const largest = Math.floor((availableBytes - RESERVE_BYTES) / MIB_BYTES) * MIB_BYTES;
  if (memoryBytes >= SMALLEST_BYTES && memoryBytes <= largest && memoryBytes % MIB_BYTES === 0) return;
  throw new UsageError({
    code: "HOST_MEMORY_RANGE",
    message: `The host under test cannot have ${formatSize(memoryBytes)} of memory`,
    remedy: `Give whole MiB from ${formatSize(SMALLEST_BYTES)} to ${formatSize(Math.max(largest, 0))}, which is what is free on this machine now.`,
  });
}

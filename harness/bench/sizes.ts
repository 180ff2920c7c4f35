import { formatSize, GIB_BYTES, MIB_BYTES } from "../base/size.ts";
import { estimateSeconds } from "./estimate.ts";
import { assertVmFits, largestVmBytes, SMALLEST_VM_BYTES } from "./memory-fit.ts";
import { planBoots } from "./plan.ts";
import type { Settings } from "./run-record.ts";
import type { Accelerator } from "./sample.ts";

/** With no `--memory` under TCG the run should be over within ten minutes: this much is planned, the rest is margin. */
const DEFAULT_RUN_SECONDS = 540;
const DEFAULT_STEP_BYTES = 256 * MIB_BYTES;
/** Below this the fixed costs of a creation hide what clearing costs; chosen even when it takes longer. */
const SMALLEST_DEFAULT_BYTES = GIB_BYTES;
/** No smaller point is added to a sweep: fixed costs would hide the slope. */
const SMALLEST_SWEEP_BYTES = 512 * MIB_BYTES;

export type Sizes = Pick<Settings, "memoryBytes" | "sweepBytes" | "projectionBytes">;

export type SizeRequest = Pick<Settings, "conditions" | "arms" | "thp" | "boots" | "rounds" | "sweepRounds"> & {
  /** Bytes, or `default` to choose. */
  memory: number | "default";
  sweep: "auto" | "none" | readonly number[];
  /** The scenario's size that a sweep is extended to. */
  projectionBytes: number;
  accelerator: Accelerator;
  availableBytes: number;
};

/**
 * Chooses the sizes of the VMs. With KVM the default is the scenario's projection size where it fits, else the largest
 * that fits; under TCG, the largest whose run is over in ten minutes. A headline below the projection size gets a
 * sweep point at half its size, so that a line can be fitted.
 * @throws UsageError MEMORY_DOES_NOT_FIT
 */
export function chooseSizes(request: SizeRequest): Sizes {
  const memoryBytes = request.memory === "default" ? defaultMemoryBytes(request) : request.memory;
  const sizes = withSweep(memoryBytes, request);
  for (const bytes of [memoryBytes, ...sizes.sweepBytes])
    assertVmFits(bytes, request.availableBytes, request.conditions.vms);
  return sizes;
}

function defaultMemoryBytes(request: SizeRequest): number {
  const largest = Math.min(
    request.projectionBytes,
    Math.max(largestVmBytes(request.availableBytes, request.conditions.vms), SMALLEST_VM_BYTES),
  );
  if (largest <= SMALLEST_DEFAULT_BYTES) return largest;
  if (request.accelerator === "kvm") return Math.floor(largest / GIB_BYTES) * GIB_BYTES;
  for (
    let bytes = largest - (largest % DEFAULT_STEP_BYTES);
    bytes > SMALLEST_DEFAULT_BYTES;
    bytes -= DEFAULT_STEP_BYTES
  ) {
    const plan = planBoots({ ...request, ...withSweep(bytes, request) });
    if (estimateSeconds(plan, request) <= DEFAULT_RUN_SECONDS) return bytes;
  }
  return SMALLEST_DEFAULT_BYTES;
}

function withSweep(memoryBytes: number, request: SizeRequest): Sizes {
  const below = memoryBytes < request.projectionBytes;
  const half = Math.floor(memoryBytes / 2 / MIB_BYTES / 2) * MIB_BYTES * 2;
  const auto = below && half >= SMALLEST_SWEEP_BYTES ? [half] : [];
  const wanted = request.sweep === "auto" ? auto : request.sweep === "none" ? [] : request.sweep;
  const sweepBytes = [...new Set(wanted)].filter((bytes) => bytes !== memoryBytes).sort((a, b) => a - b);
  return { memoryBytes, sweepBytes, projectionBytes: below && sweepBytes.length > 0 ? request.projectionBytes : null };
}

/** `2G (headline), 1G (sweep), projected to 64G`. */
export function describeSizes(sizes: Sizes): string {
  const sweep = sizes.sweepBytes.length > 0 ? `, ${sizes.sweepBytes.map(formatSize).join(" and ")} (sweep)` : "";
  const projection = sizes.projectionBytes === null ? "" : `, projected to ${formatSize(sizes.projectionBytes)}`;
  return `${formatSize(sizes.memoryBytes)} (headline)${sweep}${projection}`;
}

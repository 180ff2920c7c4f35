import { UsageError } from "../base/errors.ts";
import { formatSize, GIB_BYTES, MIB_BYTES } from "../base/size.ts";
import { VM_STEP_BYTES, type VmRoom } from "../host/host.ts";
import type { Settings } from "../run/record.ts";
import type { HostAccelerator } from "../run/sample.ts";
import { estimateSeconds } from "./estimate.ts";
import { planBoots } from "./plan.ts";
import type { Scenario } from "./scenario.ts";

/** With no `--memory` under TCG the run should be over within ten minutes: this much is planned, the rest is margin. */
const DEFAULT_RUN_SECONDS = 540;
const DEFAULT_STEP_BYTES = 256 * MIB_BYTES;
/** Below this the fixed costs of a creation hide what clearing costs; chosen even when it takes longer. */
const SMALLEST_DEFAULT_BYTES = GIB_BYTES;
/** No smaller point is added to a sweep: fixed costs would hide the slope. */
const SMALLEST_SWEEP_BYTES = 512 * MIB_BYTES;

export type Sizes = Pick<Settings, "memoryBytes" | "sweepBytes" | "projectionBytes">;

export type SizeRequest = Pick<
  Settings,
  "measure" | "conditions" | "arms" | "thp" | "boots" | "rounds" | "sweepRounds"
> & {
  /** Bytes, or `default` to choose. */
  memory: number | "default";
  sweep: "auto" | "none" | readonly number[];
  /** The scenario's size that a sweep is extended to, if it has one; no VM is larger by default. */
  projectionBytes: number | null;
  accelerator: HostAccelerator;
  room: VmRoom;
};

/** Sizes that were asked for, else those of the scenario; of its sweep, the ones below a headline that was asked for. */
export function wantedSizes(
  asked: Pick<SizeRequest, "memory" | "sweep">,
  scenario: Pick<Scenario, "memory" | "sweep" | "projection">,
): Pick<SizeRequest, "memory" | "sweep" | "projectionBytes"> {
  const memory = asked.memory === "default" ? (scenario.memory ?? "default") : asked.memory;
  const below = scenario.sweep?.filter((bytes) => asked.memory === "default" || bytes < asked.memory);
  const sweep = asked.sweep === "auto" && below !== undefined ? below : asked.sweep;
  return { memory, sweep, projectionBytes: scenario.projection };
}

/**
 * Chooses the sizes of the VMs. With KVM the default is the scenario's projection size where it fits, else the largest
 * that fits; under TCG, the largest whose run is over in ten minutes. A headline below the projection size gets a
 * sweep point at half its size, so that a line can be fitted.
 * @throws UsageError VM_TOO_SMALL, MEMORY_DOES_NOT_FIT
 */
export function chooseSizes(request: SizeRequest): Sizes {
  const memoryBytes = request.memory === "default" ? defaultMemoryBytes(request) : request.memory;
  const sizes = withSweep(memoryBytes, request);
  const fitting = { vms: request.conditions.vms, what: request.measure === null ? "VM" : "size" } as const;
  for (const bytes of [memoryBytes, ...sizes.sweepBytes]) {
    if (request.measure === null) assertVmIsWorthTiming(bytes);
    request.room.assertFits(bytes, { ...fitting, option: bytes === memoryBytes ? "--memory" : "--sweep" });
  }
  return sizes;
}

/** @throws UsageError VM_TOO_SMALL naming the smallest */
function assertVmIsWorthTiming(vmBytes: number): void {
  if (vmBytes >= VM_STEP_BYTES) return;
  throw new UsageError({
    code: "VM_TOO_SMALL",
    message: `The creation of a VM of ${formatSize(vmBytes)} is not worth timing: its memory is too small a part of it`,
    remedy: `Allowed for --memory and --sweep: sizes from ${formatSize(VM_STEP_BYTES)}.`,
  });
}

function defaultMemoryBytes(request: SizeRequest): number {
  const largest = Math.min(
    request.projectionBytes ?? Number.POSITIVE_INFINITY,
    Math.max(request.room.largestVmBytes(request.conditions.vms), VM_STEP_BYTES),
  );
  if (largest <= SMALLEST_DEFAULT_BYTES) return largest;
  if (request.accelerator !== "tcg") return Math.floor(largest / GIB_BYTES) * GIB_BYTES;
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
  const below = memoryBytes < (request.projectionBytes ?? 0);
  const half = Math.floor(memoryBytes / 2 / MIB_BYTES / 2) * MIB_BYTES * 2;
  const auto = below && half >= SMALLEST_SWEEP_BYTES ? [half] : [];
  const wanted = request.sweep === "auto" ? auto : request.sweep === "none" ? [] : request.sweep;
  const sweepBytes = [...new Set(wanted)].filter((bytes) => bytes !== memoryBytes).sort((a, b) => a - b);
  return { memoryBytes, sweepBytes, projectionBytes: below && sweepBytes.length > 0 ? request.projectionBytes : null };
}

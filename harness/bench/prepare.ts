import { availableParallelism } from "node:os";
import type { Shell } from "../base/shell.ts";
import { findBase } from "../kernel/bases.ts";
import { assertNestedDevice } from "../nested/device.ts";
import { assertCpuModel, chooseAccelerator } from "../qemu.ts";
import type { PlannedBoot, RunRecord, Settings } from "../run/record.ts";
import { type Bases, findBases } from "./kernels.ts";
import { availableMemoryBytes } from "./machine.ts";
import { assertVmFits } from "./memory-fit.ts";
import type { BenchOptions } from "./options.ts";
import { planBoots } from "./plan.ts";
import { qemuVersion } from "./qemu-version.ts";
import { assertKernels } from "./refusals.ts";
import { remainingSlots } from "./run.ts";
import { loadScenario, type Scenario } from "./scenario.ts";
import { resolveSettings } from "./settings.ts";

/** What is to be booted, and how. */
export type Planned = { bases: Bases; settings: Settings; plan: PlannedBoot[] };

/** Everything about a new run that is decided before anything is built or booted. */
export type Prepared = Planned & { scenario: Scenario; qemuVersion: string };

/**
 * Decides what a new run does, and refuses early what cannot work.
 * @throws UsageError for a bad scenario, base, size or combination and for KVM that does not work; InfrastructureError
 *   QEMU_MISSING
 */
export async function prepareRun($: Shell, options: BenchOptions): Promise<Prepared> {
  const scenario = await loadScenario(options.scenario);
  const { name: kernel } = await findBase(options.kernel);
  const version = await qemuVersion($);
  const accelerator = await chooseAccelerator($, options.accel);
  assertNestedDevice(options.device);
  if (options.cpu !== undefined) await assertCpuModel($, options.cpu, accelerator, "--cpu");
  const settings = resolveSettings(options, scenario, kernel, {
    accelerator,
    availableBytes: availableMemoryBytes(),
    cpus: availableParallelism(),
  });
  const bases = await findBases(settings);
  assertKernels(settings, bases);
  return { scenario, bases, settings, plan: planBoots(settings), qemuVersion: version };
}

/**
 * The same for a run that goes on: what it was started with must still be there.
 * @returns what is left of it
 */
export async function prepareResume($: Shell, run: RunRecord): Promise<Planned> {
  const { settings } = run;
  const bases = await findBases(settings);
  await qemuVersion($);
  await chooseAccelerator($, settings.accelerator);
  const largestVm = Math.max(settings.memoryBytes, ...settings.sweepBytes);
  const fitting = {
    vms: settings.conditions.vms,
    what: settings.measure === null ? "VM" : "size",
    option: null,
  } as const;
  assertVmFits(largestVm, availableMemoryBytes(), fitting);
  return { bases, settings, plan: remainingSlots(run) };
}

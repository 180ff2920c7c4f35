import { availableParallelism } from "node:os";
import type { Shell } from "../base/shell.ts";
import { findBase } from "../kernel/bases.ts";
import { chooseAccelerator } from "../qemu.ts";
import type { PlannedBoot, RunRecord, Settings } from "../run/record.ts";
import { type Bases, findBases } from "./kernels.ts";
import { availableMemoryBytes } from "./machine.ts";
import { assertVmFits } from "./memory-fit.ts";
import type { BenchOptions } from "./options.ts";
import { planBoots } from "./plan.ts";
import { qemuVersion } from "./qemu-version.ts";
import { remainingSlots } from "./run.ts";
import { loadScenario, type Scenario } from "./scenario.ts";
import { resolveSettings } from "./settings.ts";

/** What is to be booted, and how. */
export type Planned = { bases: Bases; settings: Settings; plan: PlannedBoot[] };

/** Everything about a new run that is decided before anything is built or booted. */
export type Prepared = Planned & { scenario: Scenario; qemuVersion: string };

/**
 * Decides what a new run does, and refuses early what cannot work.
 * @throws UsageError for a bad scenario, base or size and for KVM that does not work; InfrastructureError QEMU_MISSING
 */
export async function prepareRun($: Shell, options: BenchOptions): Promise<Prepared> {
  const scenario = await loadScenario(options.scenario);
  const { name: kernel } = await findBase(options.kernel);
  const version = await qemuVersion($);
  const settings = resolveSettings(options, scenario, kernel, {
    accelerator: await chooseAccelerator($, options.accel),
    availableBytes: availableMemoryBytes(),
    cpus: availableParallelism(),
  });
  return { scenario, bases: await findBases(settings), settings, plan: planBoots(settings), qemuVersion: version };
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
  assertVmFits(largestVm, availableMemoryBytes(), settings.conditions.vms, settings.measure === null ? "VM" : "size");
  return { bases, settings, plan: remainingSlots(run) };
}

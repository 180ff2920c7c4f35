import type { Host, HostOffer } from "../host/host.ts";
import { findBase } from "../kernel/bases.ts";
import type { PlannedBoot, RunRecord, Settings } from "../run/record.ts";
import { type Bases, findBases } from "./kernels.ts";
import type { BenchOptions } from "./options.ts";
import { planBoots } from "./plan.ts";
import { assertKernels } from "./refusals.ts";
import { remainingSlots } from "./run.ts";
import { loadScenario, type Scenario } from "./scenario.ts";
import { resolveSettings } from "./settings.ts";

/** What is to be booted, where and how. */
export type Planned = { host: Host; bases: Bases; settings: Settings; plan: PlannedBoot[] };

/** Everything about a new run that is decided before anything is built or booted. */
export type Prepared = Planned & { scenario: Scenario; offer: HostOffer };

/**
 * Decides what a new run does, and refuses early what cannot work.
 * @throws UsageError for a bad scenario, base, size or combination and for what the host cannot be; what examining the host throws
 */
export async function prepareRun(host: Host, options: BenchOptions): Promise<Prepared> {
  const scenario = await loadScenario(options.scenario);
  const { name: kernel } = await findBase(options.kernel);
  const { accel, clock, cpu: cpuModel, cpus, device } = options;
  const offer = await host.examine({ accel, clock, cpuModel, cpus, device, vms: scenario.vms });
  const settings = resolveSettings(options, scenario, kernel, offer);
  const bases = await findBases(settings);
  assertKernels(settings, bases);
  return { host, scenario, bases, settings, plan: planBoots(settings), offer };
}

/**
 * The same for a run that goes on: what it was started with must still be there.
 * @returns what is left of it
 */
export async function prepareResume(host: Host, run: RunRecord): Promise<Planned> {
  const { settings } = run;
  const { clock, cpuModel, hostCpus: cpus, device } = settings;
  const { vms } = settings.conditions;
  const accel = settings.accelerator === "none" ? "auto" : settings.accelerator;
  const { room } = await host.examine({ accel, clock, cpuModel, cpus, device, vms });
  const largestVm = Math.max(settings.memoryBytes, ...settings.sweepBytes);
  room.assertFits(largestVm, { vms, what: settings.measure === null ? "VM" : "size", option: null });
  return { host, bases: await findBases(settings), settings, plan: remainingSlots(run) };
}

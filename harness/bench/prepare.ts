import type { Host, HostOffer } from "../host/host.ts";
import { findBase } from "../kernel/bases.ts";
import type { PlannedBoot, RunRecord, Settings } from "../run/record.ts";
import { type Bases, findBases } from "./kernels.ts";
import type { BenchOptions } from "./options.ts";
import { planBoots, remainingSlots } from "./plan.ts";
import { assertAboutVms, assertKernels, assertSafe } from "./refusals.ts";
import { loadScenario, type Scenario } from "./scenario.ts";
import { chooseSizes, wantedSizes } from "./sizes.ts";

/** What is to be booted, where and how. */
export type Planned = { host: Host; bases: Bases; settings: Settings; plan: PlannedBoot[] };

/** Everything about a new run that is decided before anything is built or booted. */
export type Prepared = Planned & { scenario: Pick<Scenario, "poolLevel">; offer: HostOffer };

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
export async function prepareResume(host: Host, run: RunRecord): Promise<Prepared> {
  const { settings } = run;
  const { clock, cpuModel, hostCpus: cpus, device } = settings;
  const { vms } = settings.conditions;
  const accel = settings.accelerator === "none" ? "auto" : settings.accelerator;
  const offer = await host.examine({ accel, clock, cpuModel, cpus, device, vms });
  const largestVm = Math.max(settings.memoryBytes, ...settings.sweepBytes);
  offer.room.assertFits(largestVm, { vms, what: settings.measure === null ? "VM" : "size", option: null });
  const scenario = { poolLevel: run.poolThreshold };
  return { host, scenario, bases: await findBases(settings), settings, plan: remainingSlots(run), offer };
}

/**
 * Fills in every default: options first, then the scenario, then what the host offers.
 * @param kernel name of the base, resolved
 * @throws UsageError VM_TOO_SMALL, MEMORY_DOES_NOT_FIT, NO_VM, NOT_ON_THIS_HOST
 */
export function resolveSettings(
  options: BenchOptions,
  scenario: Scenario,
  kernel: string,
  offer: Pick<HostOffer, "setting" | "room" | "isThrowaway">,
): Settings {
  const { commandLine, before, during, pool, until, vms } = scenario;
  assertAboutVms(options, scenario);
  const repeated = {
    conditions: { commandLine, before, during, pool, until, vms },
    measure: scenario.measure,
    arms: options.arms ?? scenario.arms,
    thp: options.thp ?? scenario.thp,
    boots: options.boots ?? scenario.boots,
    rounds: options.rounds ?? scenario.rounds,
    sweepRounds: scenario.sweepRounds,
  };
  assertSafe(repeated.arms, offer);
  const sizes = chooseSizes({
    ...repeated,
    ...wantedSizes(options, scenario),
    accelerator: offer.setting.accelerator,
    room: offer.room,
  });
  return {
    scenario: scenario.name,
    kernel,
    fragments: scenario.fragments,
    ...repeated,
    ...sizes,
    ...offer.setting,
    hostMemoryBytes: offer.room.hostMemoryBytes(vms * Math.max(sizes.memoryBytes, ...sizes.sweepBytes)),
    traces: options.traces,
    matters: options.matters,
  };
}

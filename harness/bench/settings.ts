import { UsageError } from "../base/errors.ts";
import type { HostOffer } from "../host/host.ts";
import { type ArmName, armKinds } from "../run/arm-name.ts";
import type { Settings } from "../run/record.ts";
import { armOf, isAboutVms } from "./arms.ts";
import type { BenchOptions } from "./options.ts";
import type { Scenario } from "./scenario.ts";
import { chooseSizes, wantedSizes } from "./sizes.ts";

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
  const { before, during, pool, until, vms } = scenario;
  if (scenario.measure !== null) assertWithoutVm(options, scenario);
  const repeated = {
    conditions: { before, during, pool, until, vms },
    measure: scenario.measure,
    arms: options.arms ?? scenario.arms,
    thp: options.thp ?? scenario.thp,
    boots: options.boots ?? scenario.boots,
    rounds: options.rounds ?? scenario.rounds,
    sweepRounds: scenario.sweepRounds,
  };
  if (!offer.isThrowaway) assertSafe(repeated.arms, offer.setting.host);
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

/** A kernel that is a danger to data boots only on a host that has none. */
function assertSafe(arms: readonly ArmName[], host: string): void {
  const unsafe = arms.filter((name) => armOf(name).throwaway);
  if (unsafe.length === 0) return;
  throw new UsageError({
    code: "NOT_ON_THIS_HOST",
    message: `The kernel of the arm ${unsafe.join(", ")} is for a host that is made for the run and thrown away, which ${host} is not`,
    remedy: "Leave the arm out, or measure it with --host nested.",
  });
}

/** Where a program is measured, what is said of VMs would be ignored. */
function assertWithoutVm(options: BenchOptions, scenario: Scenario): void {
  const aboutVms = [
    ...(options.arms ?? scenario.arms).filter(isAboutVms).map((name) => `the arm ${name}`),
    ...(options.device === "emulated" ? [] : ["--device"]),
    ...(options.traces ? ["--traces"] : []),
  ];
  if (aboutVms.length === 0) return;
  throw new UsageError({
    code: "NO_VM",
    message: `The scenario ${scenario.name} measures a program and creates no VM, which this is for: ${aboutVms.join(", ")}`,
    remedy: `Allowed arms: ${armKinds.filter((name) => !isAboutVms(name)).join(", ")}; leave the rest out.`,
  });
}

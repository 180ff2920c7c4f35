import type { HostOffer } from "../host/host.ts";
import type { Settings } from "../run/record.ts";
import type { BenchOptions } from "./options.ts";
import { assertAboutVms, assertSafe } from "./refusals.ts";
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
  assertAboutVms(options, scenario);
  const repeated = {
    conditions: { before, during, pool, until, vms },
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

import type { Settings } from "../run/record.ts";
import type { Accelerator } from "../run/sample.ts";
import { hostMemoryBytes } from "./memory-fit.ts";
import { type BenchOptions, MAX_HOST_CPUS } from "./options.ts";
import { assertAboutVms, assertClock, assertCpus, assertDevices } from "./refusals.ts";
import type { Scenario } from "./scenario.ts";
import { chooseSizes, wantedSizes } from "./sizes.ts";

/** What the settings of a run depend on beside its options. */
export type MachineState = { accelerator: Accelerator; availableBytes: number; cpus: number };

/**
 * Fills in every default: options first, then the scenario, then what the machine can do.
 * @param kernel name of the base, resolved
 * @throws UsageError CLOCK_NEEDS_TCG, TOO_MANY_CPUS, VM_TOO_SMALL, MEMORY_DOES_NOT_FIT, TOO_FEW_DEVICES, NO_VM
 */
export function resolveSettings(
  options: BenchOptions,
  scenario: Scenario,
  kernel: string,
  machine: MachineState,
): Settings {
  const { accelerator } = machine;
  const { before, during, pool, until, vms } = scenario;
  assertDevices(options.device, vms);
  assertClock(options.clock, accelerator);
  assertCpus(options.cpus, machine.cpus);
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
  const sizes = chooseSizes({
    ...repeated,
    ...wantedSizes(options, scenario),
    accelerator,
    availableBytes: machine.availableBytes,
  });
  return {
    scenario: scenario.name,
    kernel,
    fragments: scenario.fragments,
    ...repeated,
    ...sizes,
    host: options.host,
    device: options.device,
    accelerator,
    clock: options.clock,
    cpuModel: options.cpu ?? (accelerator === "kvm" ? "host" : "max"),
    hostCpus: options.cpus ?? Math.min(machine.cpus, MAX_HOST_CPUS),
    hostMemoryBytes: hostMemoryBytes(vms * Math.max(sizes.memoryBytes, ...sizes.sweepBytes)),
    traces: options.traces,
    matters: options.matters,
  };
}

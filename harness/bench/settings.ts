import { UsageError } from "../base/errors.ts";
import { armKinds } from "../run/arm-name.ts";
import type { Settings } from "../run/record.ts";
import type { Accelerator, Clock } from "../run/sample.ts";
import { isAboutVms } from "./arms.ts";
import { hostMemoryBytes } from "./memory-fit.ts";
import { type BenchOptions, MAX_HOST_CPUS } from "./options.ts";
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
    hostCpus: hostCpusOf(options.cpus, machine.cpus),
    hostMemoryBytes: hostMemoryBytes(vms * Math.max(sizes.memoryBytes, ...sizes.sweepBytes)),
    traces: options.traces,
    matters: options.matters,
  };
}

/** More than the machine has would take turns, and a creation would wait for its turn. */
function hostCpusOf(asked: number | undefined, machineCpus: number): number {
  const most = Math.min(machineCpus, MAX_HOST_CPUS);
  if (asked === undefined) return most;
  if (asked <= most) return asked;
  throw new UsageError({
    code: "TOO_MANY_CPUS",
    message: `--cpus ${asked} is more than the ${machineCpus} CPUs of this machine`,
    remedy: `Allowed: 1 to ${most}.`,
  });
}

/** A CPU of the machine does not tell its instructions to a guest's clock. */
function assertClock(clock: Clock, accelerator: Accelerator): void {
  if (clock === "time" || accelerator === "tcg") return;
  throw new UsageError({
    code: "CLOCK_NEEDS_TCG",
    message: "--clock instructions is for emulated CPUs, and this run would use KVM",
    remedy: "Add --accel tcg, or leave --clock out: with KVM times are times.",
  });
}

/** A device is assigned to one VM only, and the harness makes as many as it wants of the emulated ones alone. */
function assertDevices(device: string, vms: number): void {
  if (device === "emulated" || vms === 1) return;
  throw new UsageError({
    code: "TOO_FEW_DEVICES",
    message: `The scenario creates ${vms} VMs at a time and each needs a device, but --device names one: ${device}`,
    remedy: "Leave --device out: as many emulated devices are made as there are VMs.",
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

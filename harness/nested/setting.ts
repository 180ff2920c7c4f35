import { existsSync } from "node:fs";
import { UsageError } from "../base/errors.ts";
import type { HostOffer, HostWish } from "../host/host.ts";
import { emulatedDeviceAddresses } from "../qemu.ts";
import type { Accelerator } from "../run/sample.ts";

/** More CPUs do not make one VM's creation faster, and under TCG they compete for real ones. */
export const MAX_HOST_CPUS = 8;

/** What a nested host can be on a machine with so many CPUs. @throws UsageError for the first wish that it cannot fulfil */
export function nestedSetting(wish: HostWish, accelerator: Accelerator, machineCpus: number): HostOffer["setting"] {
  assertDevices(wish.device, wish.vms);
  assertClock(wish, accelerator);
  return {
    host: "nested",
    device: wish.device,
    accelerator,
    clock: wish.clock,
    cpuModel: wish.cpuModel ?? (accelerator === "kvm" ? "host" : "max"),
    hostCpus: hostCpusOf(wish.cpus, machineCpus),
  };
}

/** More than this machine has would take turns, and a creation would wait for its turn. */
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

/** A CPU of this machine does not tell its instructions to the host's clock. */
function assertClock({ clock }: HostWish, accelerator: Accelerator): void {
  if (clock === "time" || accelerator === "tcg") return;
  throw new UsageError({
    code: "CLOCK_NEEDS_TCG",
    message: "--clock instructions is for emulated CPUs, and this run would use KVM",
    remedy: "Add --accel tcg, or leave --clock out: with KVM times are times.",
  });
}

/** A device is assigned to one VM only, and a nested host has one emulated device for each. */
function assertDevices(device: string, vms: number): void {
  assertNestedDevice(device);
  if (device === "emulated" || vms === 1) return;
  throw new UsageError({
    code: "TOO_FEW_DEVICES",
    message: `The scenario creates ${vms} VMs at a time and each needs a device, but --device names one: ${device}`,
    remedy: "Leave --device out: as many emulated devices are made as there are VMs.",
  });
}

/**
 * Refuses, before anything is built, a device that the nested host cannot have: QEMU makes it with emulated ones.
 * @param device `emulated`, or a PCI address
 * @throws UsageError DEVICE_NOT_NESTED
 */
export function assertNestedDevice(device: string): void {
  const [own = ""] = emulatedDeviceAddresses();
  if (device === "emulated" || device === own) return;
  const here = existsSync(`/sys/bus/pci/devices/${device}`);
  throw new UsageError({
    code: "DEVICE_NOT_NESTED",
    message: here
      ? `--device ${device} is a device of this machine, which the nested host cannot use`
      : `--device ${device}: the nested host has no such device`,
    remedy: `Allowed: emulated (${own} of the nested host).`,
  });
}

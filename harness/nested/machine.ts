import type { AccelChoice, Hardware, QemuHost } from "../qemu.ts";
import type { HostClock } from "../run/sample.ts";

/** What the host is made of. */
export type NestedMachine = {
  /** Memory of the host under test, bytes; all of it is touched before the boot. */
  memoryBytes: number;
  cpus: number;
  accel: AccelChoice;
  /** What its clock counts; time when absent. */
  clock?: HostClock;
  /** CPU model for -cpu, `max` or for example `max,-erms,-fsrm`. */
  cpuModel: string;
  /** `emulated`, or the address of a PCI device of the host under test. */
  device: string;
  /** Added to the kernel's command line. */
  extraCmdline?: string;
  /** What it has beside memory, CPUs, network and the device. */
  hardware?: Hardware;
};

/** The host as QEMU is told of it, for a person at a terminal. */
export function qemuHostOf(machine: NestedMachine & Pick<QemuHost, "kernelImage" | "initrd" | "accel">): QemuHost {
  const { kernelImage, initrd, extraCmdline = "", memoryBytes, cpus, accel, clock = "time", cpuModel } = machine;
  const { hardware = {} } = machine;
  const control = undefined;
  return { kernelImage, initrd, extraCmdline, memoryBytes, cpus, accel, clock, cpuModel, control, hardware };
}

import { z } from "zod";

/** What is done in each part of a VM's creation, in the order in which the parts begin. */
export const PHASES = {
  exec: "a process is made and QEMU put in its place",
  start: "QEMU is linked and loaded, reads its options and opens KVM",
  ram: "the VM's memory is reserved; where QEMU preallocates, it is also allocated and cleared here",
  machine: "vCPUs, chipset, emulated devices",
  device: "the assigned device is opened, set up and reset; all the rest until the monitor answers",
  map: "all memory is allocated and cleared, unless it was before, pinned and entered into the IOMMU",
  remap: "the layout of the memory changes: unpinned and taken out of the IOMMU, pinned and entered again",
  guest: "the vCPUs run: firmware and kernel, until the guest's init says that it is there",
} as const;

export type PhaseName = keyof typeof PHASES;
export const phaseNames = Object.keys(PHASES) as PhaseName[];

/** Seconds of each phase that there was; they add up to all of the creation's. */
export const phasesSchema = z.partialRecord(
  z.enum(phaseNames as [PhaseName, ...PhaseName[]]),
  z.number().nonnegative(),
);
export type Phases = z.infer<typeof phasesSchema>;

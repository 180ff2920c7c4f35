import { formatSize } from "../base/size.ts";
import type { Measure } from "../bench/measure.ts";
import type { RunRecord, Settings } from "../bench/run-record.ts";

/** What a report calls things, which depends on what a round does. */
export type Words = {
  /** What the seconds are, at the headline's size. */
  heading: string;
  /** The same without a size. */
  compared: string;
  /** What a time is, in a sentence. */
  time: string;
  /** `VM of 4G`, or `4G` where there is no VM. */
  sized(bytes: number): string;
  /** `a VM of 64G`, or `64G`. */
  one(bytes: number): string;
  /** What comes in sizes, the axis of a plot over them, and what a boot makes several of. */
  noun: string;
  over: string;
  rounds: string;
  /** What a round ends with, and what a boot's CPU time is spent on beside the pool. */
  round: string;
  each: string;
  /** When pages were counted, and whose memory may be in huge pages. */
  counted: string;
  owner: string;
};

const VM: Omit<Words, "heading"> = {
  compared: "seconds until a VM is ready",
  time:
    "A time runs from exec of the VM's QEMU until its monitor would answer: memory allocated, cleared, pinned and " +
    "mapped for the assigned device.",
  sized: (bytes) => `VM of ${formatSize(bytes)}`,
  one: (bytes) => `a VM of ${formatSize(bytes)}`,
  noun: "VM",
  over: "VM size",
  rounds: "VMs",
  round: "creation",
  each: "every VM",
  counted: "during the creations",
  owner: "VM",
};

const RUNNING_VM_TIME = "A time runs from exec of the VM's QEMU until its guest is in user space.";

const PROGRAM: Omit<Words, "heading" | "compared" | "time"> = {
  sized: formatSize,
  one: formatSize,
  noun: "size",
  over: "size",
  rounds: "rounds",
  round: "round",
  each: "every round",
  counted: "over all of the program, what it does not time included,",
  owner: "program",
};

/** Words for a run. */
export function wordsOf({ settings }: Pick<RunRecord, "settings">): Words {
  const { measure, memoryBytes } = settings;
  if (measure === null) {
    const runs = settings.conditions.until === "user-space";
    return { ...VM, heading: vmHeading(settings), ...(runs ? { time: RUNNING_VM_TIME } : {}) };
  }
  return {
    ...PROGRAM,
    heading: measure.heading.replaceAll("{size}", formatSize(memoryBytes)),
    compared: measure.heading.replaceAll("{size}", "each size"),
    time: `A time is what the program measured in the host under test and printed: ${measuredText(measure)}.`,
  };
}

function vmHeading({ memoryBytes, conditions }: Settings): string {
  const end = conditions.until === "ready" ? "ready" : "in its guest's user space";
  if (conditions.vms === 1) return `${VM.one(memoryBytes)} with an assigned device, seconds until it is ${end}`;
  const vms = `${conditions.vms} VMs of ${formatSize(memoryBytes)} at a time`;
  return `${vms}, a device assigned to each, seconds until the last is ${end}`;
}

/** What a run measured; runs that differ in it are not compared. */
export function measuredText(measure: Measure): string {
  if (measure === null) return "creation of a VM";
  return measure.command.replaceAll("{limit}", String(measure.limitSeconds));
}

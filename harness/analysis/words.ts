import { formatSize } from "../base/size.ts";
import type { Measure, Program } from "../run/measure.ts";
import type { RunRecord, Settings } from "../run/record.ts";

/** What a report calls things, which depends on what a round does. */
export type Words = {
  /** What the seconds are, at the headline's size; the same without a size, and for a cover letter. */
  heading: string;
  compared: string;
  title: string;
  /** Before a huge page setting, whose they are. */
  pages: string;
  /** What a time is, in a sentence. */
  time: string;
  /** `VM of 4G`, or `4G` where there is no VM; `a VM of 4G`, or `4G`; `a VM of 4G`, or `a round of 4G`. */
  sized(bytes: number): string;
  one(bytes: number): string;
  round(bytes: number): string;
  /** What comes in sizes, the axis of a plot over them, and what a boot makes one and several of. */
  noun: string;
  over: string;
  thing: string;
  rounds: string;
  /** When pages were counted, and whose memory may be in huge pages. */
  counted: string;
  owner: string;
  /** What a round consists of beside the refill, and how one speaks of its end. */
  work: string;
  such: string;
  gone(verb: "is" | "was"): string;
};

/** Words for a run. */
export function wordsOf({ settings }: Pick<RunRecord, "settings">): Words {
  return settings.measure === null ? vmWords(settings) : programWords(settings.measure, settings.memoryBytes);
}

/** What a run measured; runs that differ in it are not compared. */
export function measuredText(measure: Measure): string {
  if (measure === null) return "creation of a VM";
  return measure.command.replaceAll("{limit}", String(measure.limitSeconds));
}

function vmWords({ memoryBytes, conditions }: Settings): Words {
  const isReady = conditions.until === "ready";
  const end = isReady ? "ready" : "in its guest's user space";
  const one = (bytes: number) => `a VM of ${formatSize(bytes)}`;
  const several = `${conditions.vms} VMs of ${formatSize(memoryBytes)} at a time, a device assigned to each`;
  return {
    heading:
      conditions.vms === 1
        ? `${one(memoryBytes)} with an assigned device, seconds until it is ${end}`
        : `${several}, seconds until the last is ${end}`,
    compared: `seconds until a VM is ${end}`,
    title: `${isReady ? "Creating" : "Booting"} a VM [${formatSize(memoryBytes)} RAM] with an assigned device`,
    pages: "QEMU uses 4K pages, ",
    time: isReady
      ? "A time runs from exec of the VM's QEMU until its monitor would answer: memory allocated, cleared, pinned and " +
        "mapped for the assigned device."
      : "A time runs from exec of the VM's QEMU until its guest is in user space.",
    sized: (bytes) => `VM of ${formatSize(bytes)}`,
    one,
    round: one,
    noun: "VM",
    over: "VM size",
    thing: "VM",
    rounds: "VMs",
    counted: "during the creations",
    owner: "VM",
    work: "creating the VM, ending it",
    such: "such a VM is gone",
    gone: (verb) => `the VM ${verb} gone`,
  };
}

function programWords(program: Program, memoryBytes: number): Words {
  const heading = (size: string) => program.heading.replaceAll("{size}", size).replaceAll("{unit}", "seconds");
  return {
    heading: heading(formatSize(memoryBytes)),
    compared: heading("each size"),
    title: heading(formatSize(memoryBytes)),
    pages: "",
    time: `A time is what the program measured in the host under test and printed: ${measuredText(program)}.`,
    sized: formatSize,
    one: formatSize,
    round: (bytes) => `a round of ${formatSize(bytes)}`,
    noun: "size",
    over: "size",
    thing: "round",
    rounds: "rounds",
    counted: "over all of the program, what it does not time included,",
    owner: "program",
    work: "the program",
    such: "such a round",
    gone: () => "the round",
  };
}

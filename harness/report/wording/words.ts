import { formatSize } from "../../base/size.ts";
import { type Measure, quantityOf, type Unit } from "../../run/measure.ts";
import type { RunRecord, Settings } from "../../run/record.ts";
import type { Verdict } from "../../stats/verdict.ts";

/** What a report calls things, which depends on what a round does and on what its figures are of. */
export type Words = {
  /** Of all figures of the run. */
  unit: Unit;
  /** What was measured at a size; as a title of its own; in a sentence, without the unit. */
  heading(size: string): string;
  title: string;
  subject: string;
  /** Before a huge page setting, whose they are. */
  pages: string;
  /** What a figure is, in a sentence. */
  figure: string;
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
  const { unit, heading } = quantityOf(settings);
  const shared = { unit, heading };
  return settings.measure === null
    ? { ...shared, ...vmWords(settings, unit) }
    : { ...shared, ...programWords(settings.measure, heading(formatSize(settings.memoryBytes)), unit) };
}

/** What a run measured: the program as it was called, or null for the creation of VMs. */
export function programText(measure: NonNullable<Measure>): string {
  return measure.command.replaceAll("{limit}", String(measure.limitSeconds));
}

/** The verdict in a table. */
export function verdictText(verdict: Verdict, { name }: Unit): string {
  if (name === "seconds") return verdict;
  const words: Partial<Record<Verdict, string>> = { faster: "fewer instructions", slower: "more instructions" };
  return words[verdict] ?? verdict;
}

function vmWords({ memoryBytes, conditions }: Settings, { name }: Unit): Omit<Words, "unit" | "heading"> {
  const isReady = conditions.until === "ready";
  const size = formatSize(memoryBytes);
  const one = (bytes: number) => `a VM of ${formatSize(bytes)}`;
  return {
    title: `${isReady ? "Creating" : "Booting"} a VM [${size} RAM] with an assigned device`,
    subject: conditions.vms === 1 ? `${size} VM` : `${conditions.vms} VMs of ${size}`,
    pages: "QEMU uses 4K pages, ",
    figure:
      (name === "seconds" ? "A time runs" : "Instructions are counted") +
      (isReady
        ? " from exec of the VM's QEMU until its monitor would answer: memory allocated, cleared, pinned and mapped for " +
          "the assigned device."
        : " from exec of the VM's QEMU until its guest is in user space."),
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

function programWords(
  program: NonNullable<Measure>,
  heading: string,
  { name, plural }: Unit,
): Omit<Words, "unit" | "heading"> {
  const title = `${heading.slice(0, 1).toUpperCase()}${heading.slice(1)}`;
  return {
    title,
    // What follows the unit tells when it ends; a headline is short.
    subject: title.slice(0, title.indexOf(plural)).replace(/,\s*$/, ""),
    pages: "",
    figure:
      (name === "seconds" ? "A time is" : "A count is") +
      ` what the program measured in the host under test and printed: ${programText(program)}.`,
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

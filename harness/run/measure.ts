import { z } from "zod";
import { GIB_BYTES, MIB_BYTES } from "../base/size.ts";
import type { Conditions } from "./conditions.ts";
import { acceleratorSchema, type HostAccelerator, type HostClock, type Thp } from "./sample.ts";

const HOLES = ["{mib}", "{thp}", "{limit}"];

/** A program of the host under test that measures something else than the creation of a VM. */
export const programSchema = z
  .strictObject({
    /**
     * Command for the host's shell. {mib} stands for the size, which is the most memory that the program has at a time,
     * {thp} for the huge page setting, {limit} for limitSeconds.
     */
    command: z.string().min(1),
    /** What is measured, in a few words; {size} stands for the size, {unit} for the unit of the figures. */
    heading: z.string().includes("{unit}", "allowed: words with {unit}, which is seconds or billions of instructions"),
    /** What a round is likely to take on each accelerator; for estimate and deadline, never for a result. */
    secondsPerGib: z.record(acceleratorSchema, z.number().positive()),
    /** It keeps several CPUs busy at a time. */
    parallel: z.boolean().optional(),
    /** The program gives up after so long, and its time is a lower bound. Absent where it goes on until it is done. */
    limitSeconds: z.number().positive().optional(),
  })
  .superRefine(({ command, limitSeconds }, context) => {
    const unknown = (command.match(/\{[^}]*\}/g) ?? []).filter((hole) => !HOLES.includes(hole));
    for (const hole of unknown) context.addIssue(`${hole} in command is not known; allowed: ${HOLES.join(", ")}`);
    if (command.includes("{limit}") !== (limitSeconds !== undefined)) {
      context.addIssue("{limit} in command and limitSeconds go together");
    }
  });
export type Program = z.infer<typeof programSchema>;

/** What a round does: it runs a program, or, null and by default, creates a VM. */
export const measureSchema = programSchema.nullable().default(null);
export type Measure = z.infer<typeof measureSchema>;

/** The program's command for one round. */
export function commandOf(program: Program, step: { thp: Thp; memoryBytes: number }): string {
  return program.command
    .replaceAll("{mib}", String(step.memoryBytes / MIB_BYTES))
    .replaceAll("{thp}", step.thp)
    .replaceAll("{limit}", String(program.limitSeconds));
}

/** Seconds that one run of the program is likely to take. */
export function programSeconds(program: Program, memoryBytes: number, accelerator: HostAccelerator): number {
  return (
    program.secondsPerGib[accelerator === "tcg" ? "tcg" : "kvm"] * (memoryBytes / GIB_BYTES) +
    (program.limitSeconds ?? 0)
  );
}

/** What a figure is of, which travels with it into headings and axes. `seconds` of a sample is in this unit. */
export type Unit = {
  name: "seconds" | "instructions";
  /** Of several, in a sentence: `seconds`, `billions of instructions`. */
  plural: string;
  /** Behind a number: `16.8 s`, `1.44 bn`. */
  symbol: string;
};

/** A second of a clock that counts instructions is a billion of them (see clockSchema). */
const UNITS: Readonly<Record<HostClock, Unit>> = {
  time: { name: "seconds", plural: "seconds", symbol: "s" },
  instructions: { name: "instructions", plural: "billions of instructions", symbol: "bn" },
};

/** What the arms of a run are compared by; smaller is better. */
export type Quantity = {
  unit: Unit;
  /** What was measured, unit included: `a VM of 8G with an assigned device, seconds until it is ready`. */
  heading(size: string): string;
};

/** The measured quantity of a run. */
export function quantityOf(settings: { measure: Measure; clock: HostClock; conditions: Conditions }): Quantity {
  const unit = UNITS[settings.clock];
  const words = settings.measure?.heading ?? creationWords(settings.conditions);
  return { unit, heading: (size) => words.replaceAll("{size}", size).replaceAll("{unit}", unit.plural) };
}

function creationWords({ until, vms }: Conditions): string {
  const end = until === "ready" ? "ready" : "in its guest's user space";
  return vms === 1
    ? `a VM of {size} with an assigned device, {unit} until it is ${end}`
    : `${vms} VMs of {size} at a time, a device assigned to each, {unit} until the last is ${end}`;
}

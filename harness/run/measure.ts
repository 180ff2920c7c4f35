import { z } from "zod";
import { GIB_BYTES, MIB_BYTES } from "../base/size.ts";
import { acceleratorSchema, type HostAccelerator, type Thp } from "./sample.ts";

const HOLES = ["{mib}", "{thp}", "{limit}"];

/** A program of the host under test that measures something else than the creation of a VM. */
export const programSchema = z
  .strictObject({
    /**
     * Command for the host's shell. {mib} stands for the size, which is the most memory that the program has at a time,
     * {thp} for the huge page setting, {limit} for limitSeconds.
     */
    command: z.string().min(1),
    /** What the seconds are, in a few words; {size} stands for the size. */
    heading: z.string().min(1),
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
      context.addIssue("{limit} in command and limitSeconds need each other");
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

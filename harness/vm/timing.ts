import { z } from "zod";
import type { Until } from "../run/conditions.ts";
import { type Timeline, timelineOf } from "./phases.ts";
import { parseTrace } from "./trace.ts";

/** Clocks that disagree by more about what the creation took: one of them was set meanwhile. */
const CLOCK_TOLERANCE_SECONDS = 0.001;

/** What the program vmtime prints (see there). */
const timingSchema = z.object({
  seconds: z.number().positive().nullable(),
  execSeconds: z.number().positive(),
  startedAt: z.number(),
  endedAt: z.number(),
  cpuSeconds: z.number(),
  pid: z.int(),
  exitCode: z.int(),
});
type Printed = z.infer<typeof timingSchema>;
/** Of a creation that came to its end. */
export type Timing = Printed & { seconds: number };

/** False of a creation whose guest was given up. */
export function isComplete(timing: Printed): timing is Timing {
  return timing.seconds !== null;
}

/** The lines that vmtime printed, one for each VM; in between QEMU may have said something. */
export function parseTimings(stdout: string): Printed[] {
  return stdout.split("\n").flatMap((line) => {
    try {
      return [timingSchema.parse(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}

/** From the first start until the last has come to its end. */
export function secondsToLast(timings: readonly Timing[]): number {
  const first = Math.min(...timings.map((timing) => timing.startedAt));
  return Math.max(...timings.map(({ startedAt, seconds }) => (timings.length === 1 ? 0 : startedAt - first) + seconds));
}

/**
 * Puts QEMU's trace on vmtime's clock.
 * @returns null when the trace does not tell all of the creation, or the clock that it is stamped with was set meanwhile
 */
export function readTimeline(timing: Timing, log: string, until: Until): Timeline | null {
  const { seconds, startedAt, endedAt, execSeconds } = timing;
  if (Math.abs(endedAt - startedAt - seconds) > CLOCK_TOLERANCE_SECONDS) return null;
  return timelineOf({ execSeconds, seconds, until }, parseTrace(log, startedAt));
}

import { z } from "zod";
import { MeasurementError } from "../base/errors.ts";
import { measured, type TestResult } from "../ktap/result.ts";

/**
 * Bounds in instructions, which is what a nanosecond of a counted run is. zone->lock is always held with interrupts off,
 * so the time with interrupts off bounds the time that the worker holds it. Under the lock it looks at 64 blocks that are
 * done, or moves one that is not; the trace events of every lock inside add to that.
 */
export const MOST_INSTRUCTIONS_WITH_INTERRUPTS_OFF = 100_000;
/** From the moment a real-time task should run to when it does, with the worker on its only CPU: a page cleared, and all of the above. */
export const MOST_INSTRUCTIONS_LATE = 250_000;
/** A worker that has hardly anything cleared has not shown how long it takes. */
const LEAST_POOL_SHARE = 0.8;

const PREFIX = "lockhold: ";
const THREAD = /^\{ common_pid: (.+?) *\[ *\d+\] \} hitcount: *\d+$/;
const MAX = /^max: *(\d+)(?:.*caller_offs: *(\d+))?/;

const answerSchema = z.object({
  minOrder: z.int(),
  mib: z.int(),
  /** A worker of a node has its own thread; the first form of the series uses one of a workqueue. */
  perNode: z.boolean().optional(),
  prezeroedPages: z.int(),
  freePages: z.int(),
  latestNs: z.int(),
});

/** The longest time with interrupts off of one thread, nanoseconds, and where it began: offset from the kernel's first instruction. */
type Longest = { thread: string; ns: number; callerOffset: number | undefined };

type LockHold = z.infer<typeof answerSchema> & { threads: Longest[] };

/** The answer of a program that a dry run does not run. */
export const LOCK_HOLD_STAND_IN = `${PREFIX}{"minOrder":0,"mib":1,"prezeroedPages":1,"freePages":1,"latestNs":1}
{ common_pid: kworker/u2:1 [ 1] } hitcount: 1
max: 1`;

/**
 * Reads what the program lockhold printed.
 * @throws MeasurementError LOCK_HOLD_UNREADABLE with all of it
 */
export function parseLockHold(output: string): LockHold {
  const lines = output.split("\n").map((line) => line.trim());
  const answer = lines.find((line) => line.startsWith(PREFIX));
  const parsed = answerSchema.safeParse(asJson(answer?.slice(PREFIX.length)));
  const threads: Longest[] = [];
  for (const [index, line] of lines.entries()) {
    const max = MAX.exec(lines[index + 1] ?? "");
    const thread = THREAD.exec(line)?.[1];
    if (thread === undefined || !max) continue;
    threads.push({ thread, ns: Number(max[1]), callerOffset: max[2] === undefined ? undefined : Number(max[2]) });
  }
  if (parsed.success && threads.length > 0) return { ...parsed.data, threads };
  throw new MeasurementError({
    code: "LOCK_HOLD_UNREADABLE",
    message: "The program lockhold did not come to its end, or the trace has no thread",
    detail: output.trim().split("\n").slice(-40).join("\n"),
    remedy: "Read what the machine printed: it may have run out of memory.",
  });
}

/** @param symbolAt name of the function at an offset from the kernel's first instruction */
export function judgeLockHold(found: LockHold, symbolAt: (offset: number) => string): TestResult[] {
  const { minOrder, mib, prezeroedPages, freePages, latestNs } = found;
  const share = prezeroedPages / freePages;
  const name = found.perNode ? "page_prezero/" : "kworker/u";
  const worker = longest(found.threads.filter(({ thread }) => thread.startsWith(name)));
  const others = longest(found.threads.filter(({ thread }) => !thread.startsWith(name)));
  const where = worker.callerOffset === undefined ? "" : ` in ${symbolAt(worker.callerOffset)}`;
  const what = `min_order ${minOrder}, ${mib} MiB in pieces`;
  const log = `longest of any other thread: ${others.ns} (${others.thread})`;
  return [
    // With min_order 9 the pieces stay as they are.
    measured(
      `${what}: the worker went over it`,
      `${(share * 100).toFixed(1)} % of free memory is clear`,
      minOrder > 0 || share >= LEAST_POOL_SHARE,
    ),
    measured(
      `${what}: interrupts are off for a short time`,
      `${worker.ns} instructions at most${where}`,
      worker.ns > 0 && worker.ns <= MOST_INSTRUCTIONS_WITH_INTERRUPTS_OFF,
      log,
    ),
    measured(
      `${what}: a real-time task is in time`,
      `${latestNs} instructions late at most`,
      latestNs > 0 && latestNs <= MOST_INSTRUCTIONS_LATE,
    ),
  ];
}

function longest(threads: Longest[]): Longest {
  const none: Longest = { thread: "none", ns: 0, callerOffset: undefined };
  return threads.reduce((most, one) => (one.ns > most.ns ? one : most), none);
}

function asJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/** Finds function names in a System.map. */
export function symbolFinder(systemMap: string): (offset: number) => string {
  const symbols = systemMap.split("\n").flatMap((line) => {
    const match = /^([0-9a-f]{16}) [tT] (\S+)$/.exec(line);
    return match ? [{ address: BigInt(`0x${match[1]}`), name: match[2] ?? "" }] : [];
  });
  const first = symbols.find(({ name }) => name === "_stext")?.address ?? 0n;
  return (offset) => {
    const at = first + BigInt(offset);
    return symbols.filter(({ address }) => address <= at).reduce((a, b) => (b.address >= a.address ? b : a)).name;
  };
}

import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { formatSize } from "../base/size.ts";
import { PHASES, type Sample } from "../run/sample.ts";
import type { Timeline } from "../vm/phases.ts";

type Creation = Pick<Sample, "scenario" | "arm" | "boot" | "round" | "thp" | "memoryBytes">;

/** Rows of the one process that a trace shows. */
const PROCESS = 1;
const PHASE_ROW = 1;
const MEMORY_ROW = 2;
const MICROSECONDS = 1e6;

/** Where the trace of a sample is, relative to its run's directory. */
export function tracePath({ arm, boot, round, thp, memoryBytes }: Creation): string {
  const number = String(boot).padStart(2, "0");
  return `traces/boot-${number}-${arm}-thp-${thp}-${formatSize(memoryBytes)}-round-${round}.json`;
}

/** Writes a creation's phases and memory map events for Perfetto or chrome://tracing. */
export function writeTrace(runDir: string, sample: Creation, timeline: Timeline): void {
  const path = join(runDir, tracePath(sample));
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomic(path, `${JSON.stringify(chromeTrace(sample, timeline), null, 1)}\n`);
}

/**
 * A creation in the Trace Event Format (docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU):
 * phases are complete events, changes of the memory map instants. Times are whole microseconds.
 */
export function chromeTrace(sample: Creation, { spans, events }: Timeline): object {
  const { scenario, arm, boot, round, thp, memoryBytes } = sample;
  const title = `${scenario}, ${arm}, THP ${thp}, ${formatSize(memoryBytes)}, boot ${boot}, round ${round}`;
  const named = (kind: string, row: number, name: string) => {
    return { name: kind, ph: "M", ts: 0, pid: PROCESS, tid: row, args: { name } };
  };
  const phases = spans.map(({ phase, from, to }) => {
    const ts = microseconds(from);
    const dur = microseconds(to) - ts;
    const args = { what: PHASES[phase] };
    return { name: phase, cat: "phase", ph: "X", ts, dur, pid: PROCESS, tid: PHASE_ROW, args };
  });
  const changes = events
    .filter(({ name }) => name.startsWith("vfio_listener_region_"))
    .map(({ name, at, detail }) => {
      const args = { region: detail };
      return { name, cat: "memory", ph: "i", s: "t", ts: microseconds(at), pid: PROCESS, tid: MEMORY_ROW, args };
    });
  return {
    displayTimeUnit: "ms",
    otherData: { scenario, arm, boot, round, thp, memoryBytes },
    traceEvents: [
      named("process_name", PHASE_ROW, title),
      named("thread_name", PHASE_ROW, "phases"),
      named("thread_name", MEMORY_ROW, "memory map of the device"),
      ...phases,
      ...changes,
    ],
  };
}

const microseconds = (seconds: number): number => Math.round(seconds * MICROSECONDS);

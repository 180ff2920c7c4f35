import type { Until } from "../run/conditions.ts";
import type { PhaseName, Phases } from "../run/sample.ts";
import type { TraceEvent } from "./trace.ts";

/** A stretch of time, in seconds since the creation began, and what was done in it. */
export type Span = { phase: PhaseName; from: number; to: number };

/** A creation as its trace tells it. */
export type Timeline = { spans: Span[]; events: TraceEvent[] };

/** When a creation came where, in seconds since it began, and what its end is. */
export type Milestones = { execSeconds: number; seconds: number; until: Until };

/** What begins with which event, in the only order in which QEMU does it. */
const STEPS: { event: RegExp; begins: PhaseName }[] = [
  // KVM is open and has grown its table of memory slots; backends of memory are made next.
  { event: /^kvm_slots_grow\b/, begins: "ram" },
  { event: /^kvm_init_vcpu\b/, begins: "machine" },
  { event: /^vfio_realize\b/, begins: "device" },
  // The group is attached and its container learns of all memory there is, piece by piece.
  { event: /^vfio_listener_region_add_ram\b/, begins: "map" },
  { event: /^vfio_(mdev|get_device)\b/, begins: "device" },
];
const RESUMED: (typeof STEPS)[number] = { event: /^vm_state_notify running 1\b/, begins: "guest" };

/** Events just before the memory of a region is unpinned or pinned, and those that may follow when that is done. */
const MOVED = /^vfio_listener_region_(del|add_ram)$/;
const DONE = /^(vfio_listener_region_|kvm_set_user_memory$)/;

/**
 * Splits a creation into phases, each moment belonging to exactly one.
 * @param events of the trace, in the order of their times; those after the end are left out
 * @returns null when the trace lacks one of the steps or tells them in another order
 */
export function timelineOf({ execSeconds, seconds, until }: Milestones, trace: readonly TraceEvent[]): Timeline | null {
  const events = trace.filter((event) => event.at <= seconds);
  const [first] = events;
  if (first === undefined || first.at < execSeconds) return null;
  const steps = until === "user-space" ? [...STEPS, RESUMED] : STEPS;
  const spans: Span[] = [
    { phase: "exec", from: 0, to: execSeconds },
    { phase: "start", from: execSeconds, to: first.at },
  ];
  let done = 0;
  let phase: PhaseName = "start";
  for (const [i, { at, name, detail }] of events.entries()) {
    const next = events[i + 1];
    const step = steps[done];
    if (step?.event.test(`${name} ${detail}`)) {
      phase = step.begins;
      done += 1;
    }
    const isRemap = done >= STEPS.length && MOVED.test(name) && next !== undefined && DONE.test(next.name);
    spans.push({ phase: isRemap ? "remap" : phase, from: at, to: next?.at ?? seconds });
  }
  return done === steps.length ? { spans: joined(spans), events } : null;
}

/** Neighbours of the same phase as one. */
function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = [];
  for (const span of spans) {
    const last = all.at(-1);
    if (last?.phase === span.phase) last.to = span.to;
    else all.push({ ...span });
  }
  return all;
}

/** Seconds of each phase, in whole microseconds as the clock has them. */
export function phasesOf({ spans }: Timeline): Phases {
  const phases: Phases = {};
  for (const { phase, from, to } of spans) {
    phases[phase] = Math.round(((phases[phase] ?? 0) + to - from) * 1e6) / 1e6;
  }
  return phases;
}

/** An event of QEMU's trace; `at` in seconds since the creation began. */
export type TraceEvent = { at: number; name: string; detail: string };

/** The few events (some forty lines for a creation) that tell how far it has come; see phases.ts for what each says. */
const EVENTS = [
  "kvm_slots_grow",
  "kvm_init_vcpu",
  "kvm_set_user_memory",
  "vfio_realize",
  "vfio_mdev",
  "vfio_get_device",
  "vfio_listener_region_*",
  "vm_state_notify",
];

/** `PID@SECONDS.MICROSECONDS:EVENT WORDS`, as QEMU's log backend writes it with timestamps on. */
const LINE = /^\d+@(\d+\.\d+):(\w+) ?(.*)$/;

/** Options that make QEMU write its trace to a file: this has all of QEMU's own log and is made anew by each QEMU. */
export function traceArgs(file: string): string[] {
  const events = EVENTS.flatMap((event) => ["-trace", `enable=${event}`]);
  return [...events, "-trace", `file=${file}`, "-msg", "timestamp=on"];
}

/**
 * The events of a trace in the order of their times; lines that are none are passed over.
 * @param startedAt when the creation began, seconds of CLOCK_REALTIME
 */
export function parseTrace(log: string, startedAt: number): TraceEvent[] {
  return log
    .split("\n")
    .map((line) => LINE.exec(line))
    .filter((match) => match !== null)
    .map(([, at, name = "", detail = ""]) => ({ at: since(Number(at), startedAt), name, detail }))
    .sort((a, b) => a.at - b.at);
}

/** The clock has microseconds; what a difference has below them is not of the clock. */
function since(at: number, startedAt: number): number {
  return Math.round((at - startedAt) * 1e6) / 1e6;
}

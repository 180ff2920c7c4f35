import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { phasesOf } from "../../harness/vm/phases.ts";
import { readTimeline, type Timing } from "../../harness/vm/timing.ts";

/** A creation that happened: 256M, huge pages off, under TCG. */
const log = readFileSync(projectPath("test/golden/trace/vm-create.log"), "utf8");
const timing: Timing = {
  seconds: 1.272963,
  execSeconds: 0.004655,
  startedAt: 1795555681.82286,
  endedAt: 1795555683.095935,
  cpuSeconds: 1.217378,
  pid: 194,
  exitCode: 0,
};
const lines = log.trimEnd().split("\n");
const without = (event: string) => lines.filter((line) => !line.includes(`:${event} `)).join("\n");

describe("the phases of a creation", () => {
  const timeline = readTimeline(timing, log, "ready");
  if (timeline === null) throw new Error("the golden trace has no timeline");

  it("are what stands in QEMU's trace", () => {
    expect(phasesOf(timeline)).toEqual({
      exec: 0.004655,
      start: 0.494164,
      ram: 0.034344,
      machine: 0.145333,
      device: 0.206487,
      map: 0.366862,
      remap: 0.021118,
    });
  });

  it("add up to the creation's time: spans without a gap, without an overlap, from its beginning to its end", () => {
    const sum = Object.values(phasesOf(timeline)).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(timing.seconds, 5);
    expect(timeline.spans[0]?.from).toBe(0);
    expect(timeline.spans.at(-1)?.to).toBe(timing.seconds);
    for (const [i, span] of timeline.spans.entries()) {
      expect(span.to).toBeGreaterThanOrEqual(span.from);
      if (i > 0) expect(span.from).toBe(timeline.spans[i - 1]?.to);
    }
  });

  it("count what QEMU moves in the memory map after the device is attached as such, and only that", () => {
    const first = timeline.spans.findIndex((span) => span.phase === "map");
    expect(timeline.spans.slice(0, first).some((span) => span.phase === "remap")).toBe(false);
    expect(timeline.spans.filter((span) => span.phase === "remap")).toHaveLength(4);
  });

  it("include the guest's when it runs, from the moment its vCPUs may until its user space is there", () => {
    const resumed = "194@1795555683.090000:vm_state_notify running 1 reason 9 (running)";
    const moved = [
      "194@1795555684.000000:vfio_listener_region_del region_del 0xc0000 - 0xdffff",
      "194@1795555684.200000:kvm_set_user_memory Slot#2 flags=0x0 gpa=0xc0000 size=0x0 ua=0x7f15e0200000 ret=0",
      "194@1795555684.300000:vfio_listener_region_del region_del 0xfeb00000 - 0xfeb1ffff",
    ];
    const late = "194@1795555690.000000:vfio_listener_region_del region_del 0xe0000 - 0xfffff";
    const booted = { ...timing, seconds: 3, endedAt: timing.startedAt + 3 };
    const guest = readTimeline(booted, [...lines, resumed, ...moved, late].join("\n"), "user-space");
    expect(guest?.spans.slice(-3)).toEqual([
      { phase: "guest", from: 1.26714, to: 2.17714 },
      { phase: "remap", from: 2.17714, to: 2.37714 },
      { phase: "guest", from: 2.37714, to: 3 },
    ]);
    expect(guest?.events.at(-1)?.at).toBeLessThan(3);
  });
});

describe("the phases of a creation whose guest boots", () => {
  /** One that happened: 512M, under TCG. Its vCPUs were let go 1.530178 s after the start. */
  const booted: Timing = {
    ...timing,
    seconds: 7.204636,
    execSeconds: 0.008203,
    startedAt: 1795557309.893328,
    endedAt: 1795557317.098066,
  };
  const timeline = readTimeline(
    booted,
    readFileSync(projectPath("test/golden/trace/guest-boot.log"), "utf8"),
    "user-space",
  );

  it("go on with the guest's, of which moving memory in the IOMMU is not a part", () => {
    expect(timeline && phasesOf(timeline)).toMatchObject({ map: 0.752526, remap: 0.179487, guest: 5.538361 });
    const running = timeline?.spans.filter((span) => span.from >= 1.530178) ?? [];
    expect(running[0]).toMatchObject({ phase: "guest", from: 1.530178 });
    expect(new Set(running.map((span) => span.phase))).toEqual(new Set(["guest", "remap"]));
    expect(running.reduce((sum, { from, to }) => sum + to - from, 0)).toBeCloseTo(7.204636 - 1.530178, 5);
  });

  it("add up all the same", () => {
    const sum = Object.values((timeline && phasesOf(timeline)) ?? {}).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(booted.seconds, 5);
  });
});

describe("nothing is made up", () => {
  it.each(["kvm_slots_grow", "kvm_init_vcpu", "vfio_realize", "vfio_listener_region_add_ram"])(
    "when the trace has no %s",
    (event) => expect(readTimeline(timing, without(event), "ready")).toBeNull(),
  );

  it("when the trace is in an order that QEMU has not", () => {
    const realize = lines.find((line) => line.includes(":vfio_realize ")) as string;
    const early = realize.replace(/@[\d.]+/, "@1795555681.900000");
    expect(readTimeline(timing, [early, ...lines.filter((line) => line !== realize)].join("\n"), "ready")).toBeNull();
  });

  it("when there is no trace, or it ends before the device was attached", () => {
    expect(readTimeline(timing, "", "ready")).toBeNull();
    expect(readTimeline(timing, lines.slice(0, 12).join("\n"), "ready")).toBeNull();
  });

  it("when the guest was to run and never did", () => {
    expect(readTimeline(timing, log, "user-space")).toBeNull();
  });

  it("when somebody set the clock that the trace is stamped with", () => {
    expect(readTimeline({ ...timing, endedAt: timing.endedAt + 1 }, log, "ready")).toBeNull();
    expect(
      readTimeline({ ...timing, startedAt: timing.startedAt + 1, endedAt: timing.endedAt + 1 }, log, "ready"),
    ).toBeNull();
  });

  it("by what QEMU says beside its trace", () => {
    const words = "2026-11-24T21:15:13.246554Z qemu-system-x86_64: warning: host doesn't support requested feature\n";
    expect(readTimeline(timing, words + log, "ready")).toEqual(readTimeline(timing, log, "ready"));
  });
});

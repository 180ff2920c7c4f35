import { describe, expect, test } from "vitest";
import { GIB_BYTES, MIB_BYTES } from "../../harness/base/size.ts";
import { estimateSeconds } from "../../harness/bench/estimate.ts";
import { describeSizes, planBoots } from "../../harness/bench/plan.ts";
import { chooseSizes, type SizeRequest } from "../../harness/bench/sizes.ts";
import { NestedRoom } from "../../harness/hosts.ts";
import { QUIET } from "../../harness/run/conditions.ts";

const request: SizeRequest = {
  measure: null,
  arms: ["base", "prezero"],
  thp: ["off", "on"],
  boots: 4,
  rounds: 2,
  sweepRounds: 1,
  memory: "default",
  sweep: "auto",
  projectionBytes: 64 * GIB_BYTES,
  conditions: QUIET,
  accelerator: "tcg",
  room: new NestedRoom(23 * GIB_BYTES),
};

describe("default sizes", () => {
  test("under TCG are over in ten minutes", () => {
    const sizes = chooseSizes(request);
    expect(estimateSeconds(planBoots({ ...request, ...sizes }), request)).toBeLessThan(600);
    expect(sizes.sweepBytes).toEqual([sizes.memoryBytes / 2]);
    expect(sizes.projectionBytes).toBe(64 * GIB_BYTES);
  });

  test("with KVM are 64G where that fits, without a sweep", () => {
    const sizes = chooseSizes({ ...request, accelerator: "kvm", room: new NestedRoom(96 * GIB_BYTES) });
    expect(sizes).toEqual({ memoryBytes: 64 * GIB_BYTES, sweepBytes: [], projectionBytes: null });
    expect(describeSizes(sizes)).toBe("64G (headline)");
  });

  test("with KVM are the largest that fits elsewhere, projected to 64G", () => {
    const sizes = chooseSizes({ ...request, accelerator: "kvm", room: new NestedRoom(24 * GIB_BYTES) });
    expect(describeSizes(sizes)).toBe("21G (headline), 10.5G (sweep), projected to 64G");
  });

  test("get smaller as more is asked of the same ten minutes", () => {
    const quick = { ...request, thp: ["on" as const], rounds: 1 };
    const more = chooseSizes({ ...quick, rounds: 3 });
    expect(more.memoryBytes).toBeLessThan(chooseSizes(quick).memoryBytes);
  });

  test("get smaller with the number of VMs that are created at a time", () => {
    const three = { ...request, boots: 1, conditions: { ...QUIET, vms: 3 } };
    expect(chooseSizes(three).memoryBytes).toBeLessThan(chooseSizes({ ...three, conditions: QUIET }).memoryBytes);
  });

  test("never get so small that fixed costs hide the clearing", () => {
    expect(chooseSizes({ ...request, boots: 100 }).memoryBytes).toBe(GIB_BYTES);
  });
});

describe("sizes that were asked for", () => {
  test("are taken, sorted and freed of doubles", () => {
    const sizes = chooseSizes({ ...request, memory: 4 * GIB_BYTES, sweep: [2, 1, 2, 4].map((gib) => gib * GIB_BYTES) });
    expect(sizes).toMatchObject({ memoryBytes: 4 * GIB_BYTES, sweepBytes: [GIB_BYTES, 2 * GIB_BYTES] });
  });

  test("are refused when one of the sweep does not fit, and it is the sweep that is to be smaller", () => {
    const ask = () => chooseSizes({ ...request, memory: GIB_BYTES, sweep: [64 * GIB_BYTES] });
    expect(ask).toThrow(/64G does not fit/);
    expect(ask).toThrow(expect.objectContaining({ remedy: "The largest that fits is 20G: --sweep 20G" }));
  });

  test("are refused when a VM is so small that its memory is the least part of its creation", () => {
    const small = { memory: GIB_BYTES, sweep: [128 * MIB_BYTES] };
    expect(() => chooseSizes({ ...request, ...small })).toThrow(
      expect.objectContaining({ code: "VM_TOO_SMALL", remedy: "Allowed for --memory and --sweep: sizes from 256M." }),
    );
  });

  test("give no projection without a sweep, because no line goes through one point", () => {
    expect(chooseSizes({ ...request, memory: GIB_BYTES, sweep: "none" }).projectionBytes).toBeNull();
  });
});

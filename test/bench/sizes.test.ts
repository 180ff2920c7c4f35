import { describe, expect, test } from "vitest";
import { UsageError } from "../../harness/base/errors.ts";
import { GIB_BYTES, MIB_BYTES } from "../../harness/base/size.ts";
import { estimateSeconds } from "../../harness/bench/estimate.ts";
import { assertVmFits, hostMemoryBytes, largestVmBytes } from "../../harness/bench/memory-fit.ts";
import { planBoots } from "../../harness/bench/plan.ts";
import { chooseSizes, describeSizes, type SizeRequest } from "../../harness/bench/sizes.ts";
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
  availableBytes: 23 * GIB_BYTES,
};

describe("memory that fits", () => {
  test("leaves room for the host's own needs and 1 GiB for the machine", () => {
    for (const available of [4, 7.3, 24, 96, 512]) {
      const largest = largestVmBytes(available * GIB_BYTES);
      expect(hostMemoryBytes(largest)).toBeLessThanOrEqual((available - 1) * GIB_BYTES);
      expect(hostMemoryBytes(largest + GIB_BYTES)).toBeGreaterThan((available - 1) * GIB_BYTES);
    }
  });

  test("is none at all on a tiny machine", () => {
    expect(largestVmBytes(2 * GIB_BYTES)).toBe(0);
    expect(() => assertVmFits(GIB_BYTES, 2 * GIB_BYTES)).toThrow(/does not fit/);
  });

  test("is named by the error when too much is asked for", () => {
    const ask = () => assertVmFits(64 * GIB_BYTES, 24 * GIB_BYTES);
    expect(ask).toThrow(UsageError);
    expect(ask).toThrow(expect.objectContaining({ remedy: "The largest that fits is 21G: --memory 21G" }));
    assertVmFits(21 * GIB_BYTES, 24 * GIB_BYTES);
  });

  test("is shared by VMs that are created at the same time", () => {
    assertVmFits(7 * GIB_BYTES, 24 * GIB_BYTES, { vms: 3 });
    const ask = () => assertVmFits(8 * GIB_BYTES, 24 * GIB_BYTES, { vms: 3 });
    expect(ask).toThrow(/^3 VMs at a time of 8G do not fit: they need 27\.0 GiB/);
    expect(ask).toThrow(expect.objectContaining({ remedy: "The largest that fits is 7G: --memory 7G" }));
  });
});

describe("default sizes", () => {
  test("under TCG are over in ten minutes", () => {
    const sizes = chooseSizes(request);
    expect(estimateSeconds(planBoots({ ...request, ...sizes }), request)).toBeLessThan(600);
    expect(sizes.sweepBytes).toEqual([sizes.memoryBytes / 2]);
    expect(sizes.projectionBytes).toBe(64 * GIB_BYTES);
  });

  test("with KVM are 64G where that fits, without a sweep", () => {
    const sizes = chooseSizes({ ...request, accelerator: "kvm", availableBytes: 96 * GIB_BYTES });
    expect(sizes).toEqual({ memoryBytes: 64 * GIB_BYTES, sweepBytes: [], projectionBytes: null });
    expect(describeSizes(sizes)).toBe("64G (headline)");
  });

  test("with KVM are the largest that fits elsewhere, projected to 64G", () => {
    const sizes = chooseSizes({ ...request, accelerator: "kvm", availableBytes: 24 * GIB_BYTES });
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

  test("are refused when a VM is so small that its creation is all but its memory", () => {
    const small = { memory: GIB_BYTES, sweep: [128 * MIB_BYTES] };
    expect(() => chooseSizes({ ...request, ...small })).toThrow(
      expect.objectContaining({ code: "VM_TOO_SMALL", remedy: "Allowed for --memory and --sweep: sizes from 256M." }),
    );
  });

  test("give no projection without a sweep, because no line goes through one point", () => {
    expect(chooseSizes({ ...request, memory: GIB_BYTES, sweep: "none" }).projectionBytes).toBeNull();
  });
});

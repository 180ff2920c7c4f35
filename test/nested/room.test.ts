import { describe, expect, test } from "vitest";
import { UsageError } from "../../harness/base/errors.ts";
import { GIB_BYTES } from "../../harness/base/size.ts";
import { NestedRoom } from "../../harness/nested/room.ts";

const ONE = { vms: 1, what: "VM", option: "--memory" } as const;
const roomOf = (gib: number) => new NestedRoom(gib * GIB_BYTES);

describe("the memory for VMs on a nested host", () => {
  test("leaves room for the host's own needs and 1 GiB for this machine", () => {
    for (const available of [4, 7.3, 24, 96, 512]) {
      const room = roomOf(available);
      const largest = room.largestVmBytes(1);
      expect(room.hostMemoryBytes(largest)).toBeLessThanOrEqual((available - 1) * GIB_BYTES);
      expect(room.hostMemoryBytes(largest + GIB_BYTES)).toBeGreaterThan((available - 1) * GIB_BYTES);
    }
  });

  test("is none at all on a tiny machine", () => {
    expect(roomOf(2).largestVmBytes(1)).toBe(0);
    expect(() => roomOf(2).assertFits(GIB_BYTES, ONE)).toThrow(/does not fit/);
  });

  test("is named by the error when too much is asked for", () => {
    const ask = () => roomOf(24).assertFits(64 * GIB_BYTES, ONE);
    expect(ask).toThrow(UsageError);
    expect(ask).toThrow(expect.objectContaining({ remedy: "The largest that fits is 21G: --memory 21G" }));
    roomOf(24).assertFits(21 * GIB_BYTES, ONE);
  });

  test("is shared by VMs that are created at the same time", () => {
    roomOf(24).assertFits(7 * GIB_BYTES, { ...ONE, vms: 3 });
    const ask = () => roomOf(24).assertFits(8 * GIB_BYTES, { ...ONE, vms: 3 });
    expect(ask).toThrow(/^3 VMs at a time of 8G do not fit: they need 27\.0 GiB/);
    expect(ask).toThrow(expect.objectContaining({ remedy: "The largest that fits is 7G: --memory 7G" }));
  });

  test("is to be freed for a run that goes on, whose sizes are what they are", () => {
    const ask = () => roomOf(4).assertFits(8 * GIB_BYTES, { ...ONE, option: null });
    expect(ask).toThrow(expect.objectContaining({ remedy: "Free memory, then go on." }));
  });
});

import { describe, expect, it } from "vitest";
import { addedArgs, memoryArgs } from "../../harness/qemu/hardware.ts";

const GIB_BYTES = 2 ** 30;
const memory = (hardware: Parameters<typeof memoryArgs>[2]) => {
  const { args, machine } = memoryArgs(2 * GIB_BYTES, 4, hardware);
  return { text: args.join(" "), machine };
};

describe("a nested host's memory", () => {
  it("is one preallocated piece", () => {
    expect(memory({})).toEqual({
      text: "-m 2048M -object memory-backend-ram,id=ram,size=2048M,prealloc=on,prealloc-threads=2,dump=off",
      machine: ["memory-backend=ram"],
    });
  });

  it("is left to the host to touch when that is asked for", () => {
    expect(memory({ preallocate: false }).text).toBe("-m 2048M -object memory-backend-ram,id=ram,size=2048M,dump=off");
  });

  it("leaves room for what comes later", () => {
    expect(memory({ hotplugBytes: GIB_BYTES }).text).toContain("-m 2048M,slots=4,maxmem=3072M ");
  });

  it("is shared by nodes as the CPUs are", () => {
    const { text, machine } = memory({ nodes: 2 });
    expect(machine).toEqual([]);
    expect(text).toMatch(/id=ram0,size=1024M,.* -numa node,nodeid=0,memdev=ram0,cpus=0-1/);
    expect(text).toMatch(/id=ram1,size=1024M,.* -numa node,nodeid=1,memdev=ram1,cpus=2-3$/);
  });

  it("may leave a node empty", () => {
    expect(memory({ emptyNode: true }).text).toMatch(/memdev=ram0,cpus=0-3 -numa node,nodeid=1$/);
  });
});

describe("what is added to a nested host", () => {
  it("is nothing by itself", () => {
    expect(addedArgs({})).toEqual([]);
  });

  it("are a disk, firmware tables, objects, and devices that may use them", () => {
    const words = addedArgs({
      disk: "a.img",
      objects: ["memory-backend-ram,id=m"],
      devices: ["virtio-mem-pci,memdev=m"],
      acpiTables: ["sig=TEST,data=/dev/null"],
    });
    expect(words.join(" ")).toBe(
      "-drive file=a.img,format=raw,if=none,id=disk -acpitable sig=TEST,data=/dev/null -object memory-backend-ram,id=m -device virtio-blk-pci,drive=disk -device virtio-mem-pci,memdev=m",
    );
  });
});

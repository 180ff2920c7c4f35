import { describe, expect, it } from "vitest";
import { emulatedDeviceAddresses, hostArgs, type QemuHost } from "../../harness/qemu/args.ts";

const vm: QemuHost = {
  kernelImage: "/kernels/bzImage",
  initrd: "/run/initrd",
  extraCmdline: "page_reporting.page_reporting_order=0",
  memoryBytes: 12 * 2 ** 30,
  cpus: 2,
  accel: "tcg",
  cpuModel: "max,-erms,-fsrm",
  control: { qmpSocket: "/run/qmp", consoleSocket: "/run/console" },
};
const words = (change: Partial<QemuHost> = {}) => hostArgs({ ...vm, ...change }).join(" ");

describe("the command line of a nested host", () => {
  it("has all memory touched before the host starts", () => {
    expect(words()).toContain("memory-backend-ram,id=ram,size=12288M,prealloc=on");
    expect(words()).toContain("-m 12288M");
  });

  it("puts the irqchip where interrupt remapping works with the accelerator", () => {
    expect(words()).toContain("kernel-irqchip=off -accel tcg,thread=single -cpu max,-erms,-fsrm");
    expect(words({ accel: "kvm", cpuModel: "max" })).toContain("kernel-irqchip=split -accel kvm -cpu max");
  });

  it("counts instructions when asked to, and only then", () => {
    expect(words({ clock: "instructions" })).toContain("-accel tcg,thread=single -icount shift=0 ");
    for (const vm of [words(), words({ clock: "time" })]) expect(vm).not.toContain("icount");
  });

  it("ends the VM when its kernel dies, and keeps what the caller adds", () => {
    const cmdline = hostArgs(vm)[hostArgs(vm).indexOf("-append") + 1];
    expect(cmdline).toMatch(/panic=-1 .*page_reporting\.page_reporting_order=0$/);
    expect(words()).toContain("-no-reboot");
  });

  it("has a socket for each node when it has several", () => {
    expect(words()).toContain("-smp 2 ");
    expect(words({ hardware: { nodes: 2 } })).toMatch(/-machine q35,kernel-irqchip=off .*-smp 2,sockets=2 /);
  });

  it("has one device to assign, or several, each in a slot of its own", () => {
    const devices = (text: string) =>
      [...text.matchAll(/e1000e,netdev=(\w+),addr=(\S+?),/g)].map(([, ...found]) => found);
    expect(devices(words())).toEqual([["assigned", "10.0"]]);
    expect(devices(words({ hardware: { assignable: 3 } }))).toEqual([
      ["assigned", "10.0"],
      ["assigned1", "11.0"],
      ["assigned2", "12.0"],
    ]);
    expect(emulatedDeviceAddresses(3)).toEqual(["0000:00:10.0", "0000:00:11.0", "0000:00:12.0"]);
  });

  it("uses no fixed port and reaches nothing outside", () => {
    expect(words()).toContain("restrict=on,hostfwd=tcp:127.0.0.1:0-:22");
  });

  it("is for a person at a terminal when nothing controls it", () => {
    expect(words({ control: undefined })).toContain("-serial mon:stdio");
    expect(words({ control: undefined })).not.toContain("/run/qmp");
  });
});

import { describe, expect, test } from "vitest";
import { InfrastructureError } from "../../harness/base/errors.ts";
import { examine, readiness } from "../../harness/doctor/examine.ts";
import { fail, pass, warn } from "../../harness/doctor/finding.ts";
import {
  checkDisk,
  checkHugePages,
  checkMemlock,
  checkMemory,
  checkNode,
  checkPackages,
  checkProcessors,
} from "../../harness/doctor/machine.ts";
import { checkIommu, checkKvm, checkNested, checkQemu } from "../../harness/doctor/virtualisation.ts";
import { $ } from "../fakes/shell.ts";
import { mayMount, SmallDisk } from "../fakes/small-disk.ts";
import { FakeMachine, meminfo } from "./fake-machine.ts";

describe("memory", () => {
  test.each([
    [1.5, "FAIL"],
    [22, "WARN"],
    [96, "PASS"],
  ])("%d GiB available: %s", async (gib, status) => {
    using machine = new FakeMachine({ "proc/meminfo": meminfo(gib) });
    expect(await checkMemory(machine.root)).toMatchObject({ status });
  });

  test("names the largest VM, and that 64G is projected where it does not fit", async () => {
    using machine = new FakeMachine({ "proc/meminfo": meminfo(22) });
    const { found, remedy } = await checkMemory(machine.root);
    expect(found).toMatch(/22\.0 GiB available: VMs of up to \d+(\.\d+)?G/);
    expect(remedy).toContain("projected");
  });
});

describe("huge pages", () => {
  const thp = "sys/kernel/mm/transparent_hugepage/enabled";

  test("that are set aside are missing elsewhere", async () => {
    using machine = new FakeMachine({
      "proc/meminfo": meminfo(22, 2 * 1024 * 1024),
      [thp]: "[always] madvise never\n",
    });
    expect(await checkHugePages(machine.root)).toMatchObject({ status: "WARN", found: expect.stringContaining("2G") });
  });

  test.each([
    ["always [madvise] never", "PASS"],
    ["always madvise [never]", "WARN"],
  ])("transparent, %s: %s", async (setting, status) => {
    using machine = new FakeMachine({ "proc/meminfo": meminfo(22), [thp]: `${setting}\n` });
    expect(await checkHugePages(machine.root)).toMatchObject({ status });
  });

  test("that the kernel does not have at all are only slower", async () => {
    using machine = new FakeMachine({ "proc/meminfo": meminfo(22) });
    expect(await checkHugePages(machine.root)).toMatchObject({ status: "WARN" });
  });
});

test("an unlimited memlock is fine", async () => {
  const limits = "Max locked memory         unlimited            unlimited            bytes\n";
  using machine = new FakeMachine({ "proc/self/limits": limits });
  expect(await checkMemlock(machine.root)).toMatchObject({ status: "PASS", found: "unlimited" });
});

describe("virtualisation", () => {
  test("KVM that cannot run a guest is a warning with the probe's reason, because emulation works", async () => {
    using machine = new FakeMachine();
    machine.stub("qemu-system-x86_64", "echo QEMU emulator version 7.2.22");
    const slow = { usable: false, nested: true, reason: "a tiny guest did not end within 5 s" };
    const finding = await checkKvm($, () => Promise.resolve(slow));
    expect(finding).toMatchObject({ status: "WARN", found: expect.stringContaining(slow.reason) });
    const good = { usable: true, nested: true, reason: "a tiny guest ran in 80 ms" };
    expect(await checkKvm($, () => Promise.resolve(good))).toMatchObject({ status: "PASS", found: good.reason });
  });

  test.each([
    ["kvm_intel", "Y", "PASS"],
    ["kvm_amd", "1", "PASS"],
    ["kvm_intel", "N", "WARN"],
    ["kvm_amd", "0", "WARN"],
  ])("%s with nested=%s: %s", async (module, value, status) => {
    using machine = new FakeMachine({ [`sys/module/${module}/parameters/nested`]: `${value}\n` });
    expect(await checkNested(machine.root)).toMatchObject({ status, found: expect.stringContaining(module) });
  });

  test("IOMMU groups are counted, and those of one device", async () => {
    using machine = new FakeMachine({
      "sys/kernel/iommu_groups/0/devices/0000:00:00.0": "",
      "sys/kernel/iommu_groups/1/devices/0000:00:01.0": "",
      "sys/kernel/iommu_groups/1/devices/0000:00:01.1": "",
    });
    expect(await checkIommu(machine.root)).toMatchObject({
      status: "PASS",
      found: "2 groups, 1 of them with a single device",
    });
  });

  test("no IOMMU is a warning that says what it would be needed for", async () => {
    using machine = new FakeMachine();
    expect(await checkIommu(machine.root)).toMatchObject({
      status: "WARN",
      remedy: expect.stringContaining("firmware"),
    });
  });
});

describe("QEMU", () => {
  function qemu(machine: FakeMachine, version: string, devices: string[]): void {
    const help = devices.map((device) => `name "${device}", bus PCI`).join("\n");
    const list = machine.write("devices", `Network devices:\n${help}\n`);
    machine.stub(
      "qemu-system-x86_64",
      `case "$1" in --version) echo "QEMU emulator version ${version} (Debian)";; *) cat ${list};; esac`,
    );
  }
  const devices = ["intel-iommu", "e1000e", "vfio-pci", "virtio-net-pci"];

  test.each([
    ["10.0.2", devices, "PASS"],
    ["7.2.22", devices, "PASS"],
    ["5.2.0", devices, "WARN"],
    ["10.0.2", ["e1000e", "virtio-net-pci"], "FAIL"],
  ])("%s with %j: %s", async (version, names, status) => {
    using machine = new FakeMachine();
    qemu(machine, version, names);
    expect(await checkQemu($)).toMatchObject({ status, found: expect.stringContaining(version) });
  });

  test("without a device that is needed names it", async () => {
    using machine = new FakeMachine();
    qemu(machine, "10.0.2", ["e1000e", "virtio-net-pci"]);
    expect((await checkQemu($)).found).toContain("has no device intel-iommu, vfio-pci");
  });

  test("that is missing is a FAIL that sends to setup", async () => {
    using machine = new FakeMachine();
    machine.stub("qemu-system-x86_64", "exit 127");
    const [finding] = await examine($, machine.root, [["QEMU", () => checkQemu($)]]);
    expect(finding).toMatchObject({ status: "FAIL", remedy: expect.stringContaining("npm run setup") });
  });
});

describe("the rest", () => {
  test.each([
    ["20.20.2", "FAIL"],
    ["22.17.0", "FAIL"],
    ["22.18.0", "PASS"],
    ["24.1.0", "PASS"],
  ])("node %s: %s", (version, status) => {
    expect(checkNode("/", version)).toMatchObject({ status });
  });

  test("one processor is few", () => {
    expect(checkProcessors("/", 1).status).toBe("WARN");
    expect(checkProcessors("/", 2).status).toBe("PASS");
  });

  test("missing packages are named", async () => {
    using machine = new FakeMachine();
    machine.stub(
      "dpkg-query",
      'shift 3; for name; do case $name in flex|bison) ;; *) echo "$name installed";; esac; done; exit 1',
    );
    expect(await checkPackages($)).toMatchObject({ status: "FAIL", found: "not installed: flex, bison" });
  });

  test("a package that was removed but left its configuration counts as missing", async () => {
    using machine = new FakeMachine();
    machine.stub(
      "dpkg-query",
      'shift 3; for name; do case $name in make) echo "make config-files";; *) echo "$name installed";; esac; done',
    );
    expect(await checkPackages($)).toMatchObject({ found: "not installed: make" });
  });

  test("a check that cannot be made is a FAIL, and the others are made all the same", async () => {
    const broken = () => {
      throw new InfrastructureError({ code: "X", message: "no dpkg here", remedy: "Use Debian." });
    };
    const findings = await examine($, "/", [
      ["packages", broken],
      ["node", () => pass("node", "24")],
    ]);
    expect(findings.map(({ status }) => status)).toEqual(["FAIL", "PASS"]);
    expect(findings[0]).toMatchObject({ name: "packages", found: "no dpkg here", remedy: "Use Debian." });
  });
});

describe("the disk of the cache", () => {
  test("that is a file is a FAIL", async () => {
    using machine = new FakeMachine();
    process.env.PREZERO_CACHE = machine.write("file", "");
    const [finding] = await examine($, "/", [["disk", checkDisk]]);
    expect(finding).toMatchObject({ status: "FAIL", remedy: expect.stringContaining("PREZERO_CACHE=DIR") });
  });

  test.skipIf(!mayMount)("that is full, or read-only, is a FAIL", async () => {
    using _machine = new FakeMachine();
    using disk = new SmallDisk();
    process.env.PREZERO_CACHE = disk.path;
    disk.fill();
    expect(await examine($, "/", [["disk", checkDisk]])).toMatchObject([
      { status: "FAIL", found: expect.stringContaining("is full") },
    ]);
    disk.makeReadOnly();
    expect(await examine($, "/", [["disk", checkDisk]])).toMatchObject([
      { status: "FAIL", found: expect.stringContaining("read-only") },
    ]);
  });
});

describe("all findings together say that the machine is", () => {
  const good = ["KVM", "nested", "disk"].map((name) => pass(name, "fine"));

  test("ready for everything", () => {
    expect(readiness(good)).toBe("ready for emulated runs; ready for hardware times, too");
  });

  test.each(["KVM", "nested"])("ready for emulated runs only, without %s", (name) => {
    const findings = [...good.filter((finding) => finding.name !== name), warn(name, "not usable", "none")];
    expect(readiness(findings)).toBe("ready for emulated runs; not for hardware times");
  });

  test("not ready, and because of what", () => {
    expect(readiness([...good, fail("packages", "missing", "npm run setup")])).toBe("not ready: see packages");
  });
});

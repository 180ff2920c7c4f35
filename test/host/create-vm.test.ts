import { describe, expect, it } from "vitest";
import type { Exec } from "../../harness/base/exec.ts";
import { createVms, type Vms, vmArgs } from "../../harness/host/create-vm.ts";
import type { VfioBinding } from "../../harness/vfio/bind.ts";

const GIB_BYTES = 2 ** 30;
const device = (slot: number): VfioBinding => ({
  address: `0000:00:${slot}.0`,
  group: slot,
  [Symbol.asyncDispose]: async () => {},
});
const vms: Vms = {
  memoryBytes: GIB_BYTES,
  memory: "anonymous",
  until: "ready",
  cpus: 4,
  isEmulated: true,
  thp: "on",
  devices: [device(10)],
};

/** A host whose vmtime prints these lines; keeps what it was asked for. */
function hostThatPrints(...lines: string[]): { exec: Exec; asked: string[] } {
  const asked: string[] = [];
  const exec: Exec = async (command) => {
    asked.push(command);
    const stdout = command.includes("vmtime")
      ? lines.join("\n")
      : command.includes("smaps_rollup")
        ? "Anonymous: 1000 kB\nAnonHugePages: 500 kB\n".repeat(lines.length)
        : command.includes("/dev/vfio")
          ? "1 1"
          : command.includes("nr_hugepages")
            ? `${command.startsWith("echo") ? "" : "512 1.0 1.5"}`
            : "";
    return { stdout, stderr: "", exitCode: 0 };
  };
  return { exec, asked };
}

const timing = (seconds: number | null, startedAt: number, pid: number, exitCode = 0) => {
  const endedAt = startedAt + (seconds ?? 300);
  return JSON.stringify({ seconds, execSeconds: 0.01, startedAt, endedAt, cpuSeconds: 1, pid, exitCode });
};

describe("creating VMs", () => {
  it("takes one VM's time as it was measured, and ends it", async () => {
    const { exec, asked } = hostThatPrints(timing(3.25, 1_800_000_000.123456, 81));
    const created = await createVms(exec, vms);
    expect(created).toEqual({ seconds: 3.25, cpuSeconds: 1, hugeShare: 0.5, timeline: null, reserveSeconds: null });
    expect(asked[0]).toMatch(
      /^ulimit -l unlimited; vmtime qemu-system-x86_64 -S .*vfio-pci,host=0000:00:10\.0 -trace /,
    );
    expect(asked.find((command) => command.startsWith("kill"))).toContain("kill -KILL 81;");
  });

  it("takes the time of several from the first start until the last is ready", async () => {
    const { exec, asked } = hostThatPrints(timing(5, 100, 81), "QEMU says something", timing(4.5, 101, 82));
    const created = await createVms(exec, { ...vms, devices: [device(10), device(11)] });
    expect(created).toMatchObject({ seconds: 5.5, cpuSeconds: 2 });
    expect(asked[0]).toMatch(/host=0000:00:10\.0 .* & vmtime .*host=0000:00:11\.0 .* & wait$/);
    expect(asked.find((command) => command.startsWith("kill"))).toContain("kill -KILL 81 82;");
    expect(asked.filter((command) => command.includes("/dev/vfio/"))).toHaveLength(2);
  });

  it("fails when one of several could not be created", async () => {
    const two = { ...vms, devices: [device(10), device(11)] };
    const failed = hostThatPrints(timing(5, 100, 81), timing(1, 100, 0, 1));
    await expect(createVms(failed.exec, two)).rejects.toMatchObject({ code: "VM_CREATE" });
    const missing = hostThatPrints(timing(5, 100, 81));
    await expect(createVms(missing.exec, two)).rejects.toMatchObject({ code: "VM_CREATE" });
  });

  it("fails with QEMU's words, which are in the file that it writes its trace to", async () => {
    const exec: Exec = async (command) => {
      const isCreation = command.includes("vmtime");
      const said = "Create kernel irqchip failed: Inappropriate ioctl for device\n";
      return { stdout: isCreation ? timing(1, 100, 0, 1) : said, stderr: "", exitCode: 0 };
    };
    await expect(createVms(exec, vms)).rejects.toMatchObject({
      code: "VM_CREATE",
      detail: expect.stringContaining("Create kernel irqchip failed"),
    });
  });

  it("reserves huge pages before and gives them back after", async () => {
    const { exec, asked } = hostThatPrints(timing(3.25, 100, 81));
    const created = await createVms(exec, { ...vms, memory: "hugetlb" });
    expect(created.reserveSeconds).toBe(0.5);
    expect(asked[0]).toContain("echo 512 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
    expect(asked.at(-1)).toBe("echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
  });
});

describe("a VM whose guest boots", () => {
  const running: Vms = { ...vms, until: "user-space" };

  it("runs, and its time is that of its guest's user space", async () => {
    const { exec, asked } = hostThatPrints(timing(5.5, 100, 81));
    expect((await createVms(exec, running)).seconds).toBe(5.5);
    const serial = "/run/prezero-vm-0000:00:10.0.serial";
    expect(asked[0]).toContain(`vmtime --until ${serial} 'prezero-guest: user space' `);
    expect(asked[0]).toContain(`-kernel /usr/local/bin/bzImage -initrd /run/prezero-guest.cpio `);
    expect(asked[0]).toContain(`-chardev file,id=serial,path=${serial} -serial chardev:serial`);
    expect(asked[0]).not.toMatch(/ -S /);
  });

  it("that never gets there is an error with what it printed and no time, and its VM is gone", async () => {
    const asked: string[] = [];
    const silent: Exec = async (command) => {
      asked.push(command);
      const isCreation = command.includes("vmtime");
      return {
        stdout: isCreation ? timing(null, 100, 81) : "",
        stderr: isCreation ? "Kernel panic - no init\n" : "",
        exitCode: 0,
      };
    };
    await expect(createVms(silent, running)).rejects.toMatchObject({
      code: "GUEST_SILENT",
      message: expect.stringContaining("not in user space 120 s later"),
      detail: expect.stringContaining("Kernel panic - no init"),
    });
    expect(asked[0]).toContain("'prezero-guest: user space' 120 ");
    expect(asked.find((command) => command.startsWith("kill"))).toContain("kill -KILL 81;");
  });
});

describe("the machine of a VM whose guest boots", () => {
  const machineOf = (changes: Partial<Vms>) =>
    vmArgs({ ...vms, ...changes }, device(10))
      .join(" ")
      .match(/-machine .* -cpu \S+/)?.[0];

  it("has its interrupt controllers in QEMU on emulated SVM, which loses guests otherwise", () => {
    expect(machineOf({ until: "user-space" })).toBe(
      "-machine q35,kernel-irqchip=off -accel kvm -cpu max,-kvm-asyncpf-int",
    );
  });

  it("is the ordinary one on hardware, and for a VM that never runs", () => {
    const ordinary = "-machine q35 -accel kvm -cpu max";
    expect(machineOf({ until: "user-space", isEmulated: false })).toBe(ordinary);
    expect(machineOf({ until: "ready" })).toBe(ordinary);
  });
});

describe("the measured VM's command line", () => {
  const words = (memory: Vms["memory"]) => vmArgs({ ...vms, memory }, device(10)).join(" ");

  it("has the machine's ordinary memory by default", () => {
    expect(words("anonymous")).toContain("-machine q35 -accel kvm -cpu max -m 1024M -device vfio-pci");
  });

  it("touches it before with as many threads as the host has CPUs", () => {
    expect(words("prealloc")).toContain(
      "-machine q35,memory-backend=ram -accel kvm -cpu max -m 1024M " +
        "-object memory-backend-ram,id=ram,size=1024M,prealloc=on,prealloc-threads=4 ",
    );
  });

  it("takes it from the reserved huge pages, and leaves clearing them to the first touch", () => {
    expect(words("hugetlb")).toContain("-object memory-backend-file,id=ram,size=1024M,mem-path=/dev/hugepages ");
    expect(words("hugetlb")).not.toContain("prealloc");
  });
});

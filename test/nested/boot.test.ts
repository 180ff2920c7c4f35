import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HarnessError } from "../../harness/base/errors.ts";
import { bootNestedHost, type NestedHostOptions } from "../../harness/nested/boot.ts";
import { fakeQemu } from "../fakes/fake-qemu.ts";
import { $ } from "../fakes/shell.ts";

const GIB_BYTES = 2 ** 30;
let directory: string;
const before = process.env.PREZERO_CACHE;

/** The initramfs is the real one, made once into a cache of the test's own. */
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "nested-"));
  process.env.PREZERO_CACHE = join(directory, "cache");
});
afterAll(() => {
  if (before === undefined) delete process.env.PREZERO_CACHE;
  else process.env.PREZERO_CACHE = before;
  rmSync(directory, { recursive: true });
});

const boot = (behaviour: string, options: Partial<NestedHostOptions> = {}) =>
  bootNestedHost($, {
    kernel: { imagePath: behaviour, release: "6.12.0", imageSha256: "aa", configSha256: "bb", variant: "base" },
    memoryBytes: GIB_BYTES,
    cpus: 2,
    accel: "tcg",
    cpuModel: "max",
    device: "emulated",
    consoleLog: join(directory, `${behaviour}.log`),
    patience: 0.2,
    program: fakeQemu,
    ...options,
  });
const failure = (started: Promise<unknown>) =>
  started.then(
    () => expect.fail("should have failed"),
    (error: unknown) => error as HarnessError,
  );
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`prezero-${process.pid}-`));

describe("a nested host", { timeout: 60_000 }, () => {
  it("boots, runs commands, creates a VM with the device and says what ran", async () => {
    await using host = await boot("healthy");
    expect(host.fingerprint).toMatchObject({
      accelerator: "tcg",
      clock: "time",
      cpuModel: "max",
      device: "e1000e (emulated)",
      qemuVersion: "7.2.22 (Fake)",
      kernelRelease: "6.12.0",
      hostMemoryBytes: GIB_BYTES,
    });
    expect(await host.exec("echo hello")).toEqual({ stdout: "hello\n", stderr: "", exitCode: 0 });
    expect(await host.exec("exit 7")).toMatchObject({ exitCode: 7 });
    expect(host.largestVmBytes / GIB_BYTES).toBe(3.375);
    await host.setThp("on");
    const created = await host.createVms({ memoryBytes: GIB_BYTES, memory: "anonymous", count: 1, until: "ready" });
    expect(created).toMatchObject({ seconds: 3.230538, cpuSeconds: 3.162624 });
    expect(created.timeline?.spans.at(-1)).toEqual({ phase: "device", from: 1.249503, to: 3.230538 });
    expect(created.hugeShare).toBeCloseTo(1050624 / 1062772, 6);
    expect(await host.complaints()).toEqual([]);
  });

  it("leaves nothing behind and keeps the console's log", async () => {
    const host = await boot("healthy");
    await host[Symbol.asyncDispose]();
    expect(leftovers()).toEqual([]);
    expect(readFileSync(join(directory, "healthy.log"), "utf8")).toContain("prezero-init: ready");
  });

  it("shows the oops of a kernel that panics while it boots", async () => {
    const error = await failure(boot("panic"));
    expect(error).toMatchObject({ code: "KERNEL_PANIC", exitCode: 3 });
    expect(error.message).toContain("Requested init /nonexistent failed");
    expect(error.detail).toContain("kernel_init+0xb1/0x1a0");
    expect(error.reproducer).toContain("-serial mon:stdio");
    expect(leftovers()).toEqual([]);
  });

  it("does not wait for the deadline of a command when the kernel oopses under it", async () => {
    // The first command is the listing of devices, so the boot itself meets the oops.
    const error = await failure(boot("oops"));
    expect(error).toMatchObject({ code: "KERNEL_PANIC" });
    expect(error.message).toContain("kernel NULL pointer dereference");
    expect(error.detail).toContain("at: prezero_take_batch+0x5c/0x1a0");
  });

  it("calls a host that prints nothing a boot timeout", async () => {
    const error = await failure(boot("silent", { patience: 0.02 }));
    expect(error).toMatchObject({ code: "BOOT_TIMEOUT" });
    expect(error.detail).toContain("The console is silent.");
  });

  it("calls a host that answers no command hung, not slow", async () => {
    const error = await failure(boot("hang", { patience: 0.02 }));
    expect(error).toMatchObject({ code: "HOST_HUNG" });
    expect(error.detail).toContain("prezero-init: ready");
  });

  it("tells a lost SSH connection from a dead QEMU", async () => {
    expect(await failure(boot("lost-ssh"))).toMatchObject({ code: "SSH_LOST" });
    expect(await failure(boot("crash"))).toMatchObject({ code: "QEMU_EXITED" });
  });

  it("lists the devices there are when the wanted one is not", async () => {
    const error = await failure(boot("healthy", { device: "0000:65:00.0" }));
    expect(error).toMatchObject({ code: "DEVICE_UNKNOWN", exitCode: 2 });
    expect(error.detail).toContain("0000:00:10.0  [8086:10d3] class 020000, IOMMU group 2");
  });

  it("names the devices that keep a group from being assigned", async () => {
    const error = await failure(boot("healthy", { device: "0000:00:1f.3" }));
    expect(error).toMatchObject({ code: "GROUP_NOT_VIABLE", exitCode: 2 });
    expect(error.detail).toBe("0000:00:1f.2 [8086:2922] held by ahci");
  });

  it("refuses a device that no IOMMU translates for", async () => {
    expect(await failure(boot("healthy", { device: "0000:00:1e.0" }))).toMatchObject({ code: "DEVICE_WITHOUT_IOMMU" });
  });

  it("refuses more memory than the machine has, naming the largest that fits", async () => {
    const error = await failure(boot("healthy", { memoryBytes: 2 ** 50 }));
    expect(error).toMatchObject({ code: "HOST_MEMORY_RANGE", exitCode: 2 });
    expect(error.remedy).toMatch(/from 512M to [\d.]+[GM]/);
  });
});

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { chooseAccelerator, EXIT_CODE, probeArgs, probeBootSector, probeKvm } from "../../harness/qemu/accel.ts";
import { $ } from "../fakes/shell.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "accel-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A machine whose QEMU does what the script says, and whose KVM is that module and offers itself to guests or not. */
function machine(script: string, { nested = "Y", module = "kvm_intel" } = {}) {
  const file = (name: string, content: string) => {
    writeFileSync(join(directory, name), content);
    return join(directory, name);
  };
  const program = file("qemu", `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  mkdirSync(join(directory, "modules", module, "parameters"), { recursive: true });
  file(`modules/${module}/parameters/nested`, `${nested}\n`);
  return { program, device: file("kvm", ""), modules: join(directory, "modules") };
}

describe("whether KVM is usable", () => {
  it("is so when the tiny guest gets to its end", async () => {
    const places = machine(`exit ${EXIT_CODE}`);
    expect(await probeKvm($, places)).toMatchObject({ usable: true, nested: true });
    expect(await chooseAccelerator($, "auto", places)).toBe("kvm");
  });

  it("is asked anew each time: what was amiss may have been put right", async () => {
    const places = { ...machine(`exit ${EXIT_CODE}`), device: join(directory, "not-made-yet") };
    expect(await probeKvm($, places)).toMatchObject({ usable: false });
    writeFileSync(places.device, "");
    expect(await probeKvm($, places)).toMatchObject({ usable: true });
  });

  it("is not so with kvm_pvm, which is named instead of what QEMU stumbles over", async () => {
    const places = machine("echo 'failed to set MSR 0x10a' >&2; exit 134", { module: "kvm_pvm" });
    const { usable, reason } = await probeKvm($, places);
    expect(usable).toBe(false);
    expect(reason).toBe(`${places.device} is that of kvm_pvm, a paravirtual KVM that runs only guests made for it`);
  });

  it("is not so when QEMU fails, and says why", async () => {
    const places = machine("echo 'failed to set MSR 0x10a' >&2; exit 134");
    expect((await probeKvm($, places)).reason).toContain("failed to set MSR 0x10a");
    expect(await chooseAccelerator($, "auto", places)).toBe("tcg");
    await expect(chooseAccelerator($, "kvm", places)).rejects.toMatchObject({ code: "KVM_UNUSABLE", exitCode: 2 });
  });

  it("is not so when the guest takes for ever", async () => {
    expect((await probeKvm($, machine("exec sleep 60"))).reason).toContain("did not end in 5 s");
  });

  it("is not so without the device", async () => {
    const places = { ...machine("exit 1"), device: "/dev/there-is-no-kvm" };
    expect(await probeKvm($, places)).toMatchObject({ usable: false, reason: "there is no /dev/there-is-no-kvm" });
  });

  it("is not enough when guests may not use it in turn", async () => {
    const places = machine(`exit ${EXIT_CODE}`, { nested: "N" });
    expect(await chooseAccelerator($, "auto", places)).toBe("tcg");
    await expect(chooseAccelerator($, "kvm", places)).rejects.toThrow("nested=0");
  });

  it("is not asked when TCG is wanted", async () => {
    expect(await chooseAccelerator($, "tcg", { program: "/nonexistent" })).toBe("tcg");
  });

  it("depends on a guest that really ends: under TCG it does", () => {
    const image = join(directory, "probe.img");
    writeFileSync(image, probeBootSector());
    const { status } = spawnSync("qemu-system-x86_64", probeArgs(image, ["-accel", "tcg"]), { timeout: 15_000 });
    expect(status).toBe(EXIT_CODE);
  });
});

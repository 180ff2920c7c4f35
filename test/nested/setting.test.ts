import { describe, expect, test } from "vitest";
import type { HostWish } from "../../harness/host/host.ts";
import { nestedSetting } from "../../harness/nested/setting.ts";
import type { Accelerator } from "../../harness/run/sample.ts";

const ANY: HostWish = {
  accel: "auto",
  clock: "time",
  cpuModel: undefined,
  cpus: undefined,
  device: "emulated",
  vms: 1,
};

/** What a nested host is on a machine with so many CPUs. */
const setting = (wish: Partial<HostWish> = {}, machineCpus = 2, accelerator: Accelerator = "tcg") =>
  nestedSetting({ ...ANY, ...wish }, accelerator, machineCpus);
const refusal = (wish: Partial<HostWish>, machineCpus = 2, accelerator: Accelerator = "tcg") => {
  try {
    setting(wish, machineCpus, accelerator);
  } catch (error) {
    return error;
  }
  return expect.fail("should have been refused");
};

describe("the CPUs of a nested host", () => {
  test("are those of this machine, but not more than are of use", () => {
    expect(setting({}, 2).hostCpus).toBe(2);
    expect(setting({}, 64).hostCpus).toBe(8);
  });

  test("are as many as asked for", () => {
    expect(setting({ cpus: 1 }, 4).hostCpus).toBe(1);
    expect(setting({ cpus: 4 }, 4).hostCpus).toBe(4);
  });

  test("are never more than this machine has", () => {
    expect(refusal({ cpus: 3 }, 2)).toMatchObject({ code: "TOO_MANY_CPUS", exitCode: 2, remedy: "Allowed: 1 to 2." });
  });

  test("are this machine's own model where KVM runs them", () => {
    expect(setting({}, 2, "kvm").cpuModel).toBe("host");
    expect(setting({}, 2, "tcg").cpuModel).toBe("max");
    expect(setting({ cpuModel: "max,-erms" }, 2, "kvm").cpuModel).toBe("max,-erms");
  });
});

test("a clock that counts instructions is for emulated CPUs only", () => {
  expect(setting({ clock: "instructions" }).clock).toBe("instructions");
  expect(refusal({ clock: "instructions" }, 2, "kvm")).toMatchObject({
    code: "CLOCK_NEEDS_TCG",
    exitCode: 2,
    remedy: expect.stringContaining("--accel tcg"),
  });
});

describe("the device of a nested host", () => {
  test("is the one that it is made with, by name or address", () => {
    expect(setting({ device: "emulated" }).device).toBe("emulated");
    expect(setting({ device: "0000:00:10.0" }).device).toBe("0000:00:10.0");
  });

  test("is one for each VM, so that a single one is too few for several", () => {
    expect(setting({ vms: 3 }).device).toBe("emulated");
    expect(refusal({ device: "0000:00:10.0", vms: 3 })).toMatchObject({ code: "TOO_FEW_DEVICES", exitCode: 2 });
  });
});

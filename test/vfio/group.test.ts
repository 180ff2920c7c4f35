import { describe, expect, it } from "vitest";
import type { Exec } from "../../harness/base/exec.ts";
import { bindToVfio, blockers, waitUntilFree } from "../../harness/vfio/bind.ts";
import type { PciDevice } from "../../harness/vfio/devices.ts";

const device = (address: string, change: Partial<PciDevice> = {}): PciDevice => ({
  address,
  id: "8086:10d3",
  pciClass: "020000",
  group: 7,
  driver: undefined,
  ...change,
});

describe("an IOMMU group", () => {
  it("is viable when its other devices have no driver, vfio-pci, or are bridges", () => {
    const devices = [
      device("0000:01:00.0", { driver: "vfio-pci" }),
      device("0000:01:00.1"),
      device("0000:00:01.0", { pciClass: "060400", driver: "pcieport" }),
      device("0000:02:00.0", { group: 8, driver: "nvme" }),
    ];
    expect(blockers(7, devices)).toEqual([]);
  });

  it("is not viable when a driver holds another device of it", () => {
    const audio = device("0000:01:00.1", { driver: "snd_hda_intel" });
    expect(blockers(7, [device("0000:01:00.0"), audio])).toEqual([audio]);
  });

  it("that stays busy is an error with what the kernel says", async () => {
    const exec: Exec = async () => ({ stdout: "", stderr: "Device or resource busy\n", exitCode: 1 });
    await expect(waitUntilFree(exec, 7, 3_000)).rejects.toMatchObject({
      code: "GROUP_BUSY",
      detail: "Device or resource busy",
    });
  });
});

describe("binding a device to vfio-pci", () => {
  /** A host with one network card that the driver igc holds; `refuse` keeps it there. */
  function host(refuse = false) {
    let driver = "igc";
    const commands: string[] = [];
    const exec: Exec = async (command) => {
      commands.push(command);
      if (command.startsWith("cd /sys/bus/pci")) {
        return { stdout: `0000:65:00.0 0x8086 0x15f3 0x020000 12 ${driver}.\n`, stderr: "", exitCode: 0 };
      }
      const override = /echo "([\w-]*)" > \S+driver_override/.exec(command)?.[1];
      if (!refuse) driver = override || "igc";
      return { stdout: `${driver}\n`, stderr: refuse ? "write error: Invalid argument" : "", exitCode: 0 };
    };
    return { exec, driver: () => driver, commands };
  }

  it("gives it back to its driver at the end", async () => {
    const { exec, driver } = host();
    const binding = await bindToVfio(exec, "0000:65:00.0");
    expect(binding).toMatchObject({ address: "0000:65:00.0", group: 12 });
    expect(driver()).toBe("vfio-pci");
    await binding[Symbol.asyncDispose]();
    expect(driver()).toBe("igc");
  });

  it("says so when the driver does not change", async () => {
    await expect(bindToVfio(host(true).exec, "0000:65:00.0")).rejects.toMatchObject({
      code: "VFIO_BIND",
      detail: "write error: Invalid argument",
    });
  });
});

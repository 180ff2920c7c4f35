import { existsSync } from "node:fs";
import { UsageError } from "../base/errors.ts";
import { emulatedDeviceAddresses } from "../qemu.ts";

/**
 * Refuses, before anything is built, a device that the nested host cannot have: QEMU makes it with emulated ones.
 * @param device `emulated`, or a PCI address
 * @throws UsageError DEVICE_NOT_NESTED
 */
export function assertNestedDevice(device: string): void {
  const [own = ""] = emulatedDeviceAddresses();
  if (device === "emulated" || device === own) return;
  const here = existsSync(`/sys/bus/pci/devices/${device}`);
  throw new UsageError({
    code: "DEVICE_NOT_NESTED",
    message: here
      ? `--device ${device} is a device of this machine, which the nested host cannot use`
      : `--device ${device}: the nested host has no such device`,
    remedy: `Allowed: emulated (${own} of the nested host).`,
  });
}

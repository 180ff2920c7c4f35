import { InfrastructureError } from "../base/errors.ts";
import type { Exec } from "../base/exec.ts";
import { findPciDevice, type PciDevice } from "./devices.ts";
import { assertViable } from "./group.ts";

/** A device bound to vfio-pci. Disposing gives it back to the driver that had it before. */
export interface VfioBinding extends AsyncDisposable {
  readonly address: string;
  readonly group: number;
}

/**
 * Binds the device to vfio-pci by driver_override, which concerns this device only (writing its id to new_id would
 * take every device of that model).
 * @throws UsageError DEVICE_UNKNOWN, DEVICE_WITHOUT_IOMMU, GROUP_NOT_VIABLE; InfrastructureError VFIO_BIND
 */
export async function bindToVfio(exec: Exec, address: string): Promise<VfioBinding> {
  const device = await findPciDevice(exec, address);
  await assertViable(exec, device);
  await rebind(exec, device, device.driver, "vfio-pci");
  return {
    address,
    group: device.group ?? -1,
    [Symbol.asyncDispose]: async () => {
      if (device.driver !== "vfio-pci") await rebind(exec, device, "vfio-pci", device.driver);
    },
  };
}

async function rebind(exec: Exec, device: PciDevice, from: string | undefined, to: string | undefined): Promise<void> {
  if (from === to) return;
  const sysfs = `/sys/bus/pci/devices/${device.address}`;
  const override = to === "vfio-pci" ? "vfio-pci" : "";
  const commands = [
    "modprobe -q vfio-pci 2>/dev/null",
    `echo "${override}" > ${sysfs}/driver_override`,
    `if [ -e ${sysfs}/driver ]; then echo ${device.address} > ${sysfs}/driver/unbind; fi`,
    `echo ${device.address} > /sys/bus/pci/drivers_probe`,
    `basename "$(readlink ${sysfs}/driver)"`,
  ];
  const answer = await exec(commands.join("; "));
  const bound = answer.stdout.trim();
  if (bound === (to ?? "")) return;
  throw new InfrastructureError({
    code: "VFIO_BIND",
    message: `${device.address} should be bound to ${to ?? "no driver"} but is bound to ${bound || "none"}`,
    detail: answer.stderr.trim(),
    remedy: "The kernel under test needs VFIO_PCI and an IOMMU; its log (dmesg) says why the driver refused.",
  });
}

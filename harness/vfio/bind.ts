import { InfrastructureError, UsageError } from "../base/errors.ts";
import type { Exec } from "../base/exec.ts";
import { findPciDevice, listPciDevices, type PciDevice } from "./devices.ts";

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

/** PCI-to-PCI and host bridges (class 06xxxx) may stay in a group: the kernel's own viability rule leaves them out. */
const BRIDGE_CLASS = /^06/;

/** Devices that keep a group from being assigned: anything but bridges that a driver other than vfio-pci holds. */
export function blockers(group: number, devices: PciDevice[]): PciDevice[] {
  return devices.filter(
    (device) =>
      device.group === group &&
      !BRIDGE_CLASS.test(device.pciClass) &&
      device.driver !== undefined &&
      device.driver !== "vfio-pci",
  );
}

/** @throws UsageError GROUP_NOT_VIABLE naming the devices that share the group and are in use */
export async function assertViable(exec: Exec, device: PciDevice): Promise<void> {
  const devices = await listPciDevices(exec);
  const others = blockers(device.group ?? -1, devices).filter(({ address }) => address !== device.address);
  if (others.length === 0) return;
  throw new UsageError({
    code: "GROUP_NOT_VIABLE",
    message: `IOMMU group ${device.group} of ${device.address} cannot be assigned: drivers hold other devices of it`,
    detail: others.map(({ address, id, driver }) => `${address} [${id}] held by ${driver}`).join("\n"),
    remedy: "Unbind these devices too, or choose a device that is alone in its group (--device).",
  });
}

/**
 * Waits until the group can be opened: the kernel gives a device back only some time after its VM has exited.
 * @returns seconds waited
 * @throws InfrastructureError GROUP_BUSY
 */
export async function waitUntilFree(exec: Exec, group: number, timeoutMs: number): Promise<number> {
  const seconds = Math.ceil(timeoutMs / 1000);
  const file = `/dev/vfio/${group}`;
  const { stdout, exitCode, stderr } = await exec(
    `start=$(cut -d' ' -f1 /proc/uptime); end=$((\${start%.*} + ${seconds}))
until (: <>${file}) 2>/dev/null; do
[ "$(cut -d. -f1 /proc/uptime)" -lt "$end" ] || { ls -l ${file} >&2; (: <>${file}); exit 1; }
sleep 0.05
done
echo "$start $(cut -d' ' -f1 /proc/uptime)"`,
    timeoutMs + 10_000,
  );
  const [start = "0", end = "0"] = stdout.trim().split(" ");
  if (exitCode === 0) return Number(end) - Number(start);
  throw new InfrastructureError({
    code: "GROUP_BUSY",
    message: `IOMMU group ${group} did not become free within ${seconds} s`,
    detail: stderr.trim(),
    remedy: "Another VM holds the device, or the kernel did not give it back: see the host's console log.",
  });
}

import { UsageError } from "../base/errors.ts";
import type { Exec } from "../base/exec.ts";
import { shellQuote } from "../base/quote.ts";

/** A PCI device of the host under test. */
export type PciDevice = {
  /** Domain, bus, slot and function: `0000:65:00.0`. */
  address: string;
  /** `8086:10d3`. */
  id: string;
  /** PCI class, `020000` is an Ethernet controller. */
  pciClass: string;
  /** IOMMU group; undefined when no IOMMU translates for the device. */
  group: number | undefined;
  /** Driver that it is bound to. */
  driver: string | undefined;
};

const LIST = `cd /sys/bus/pci/devices && for d in *; do
echo "$d $(cat $d/vendor) $(cat $d/device) $(cat $d/class) $(basename "$(readlink $d/iommu_group)") $(basename "$(readlink $d/driver)")."
done`;

/** All PCI devices of the host under test. */
export async function listPciDevices(exec: Exec): Promise<PciDevice[]> {
  const { stdout } = await exec(LIST);
  const devices: PciDevice[] = [];
  for (const line of stdout.split("\n")) {
    const match = /^(\S+) 0x(\w{4}) 0x(\w{4}) 0x(\w{6}) (\d*) ([\w-]*)\.$/.exec(line);
    if (!match) continue;
    const [, address = "", vendor, device, pciClass = "", group, driver] = match;
    devices.push({
      address,
      id: `${vendor}:${device}`,
      pciClass,
      group: group ? Number(group) : undefined,
      driver: driver || undefined,
    });
  }
  return devices;
}

/** @throws UsageError DEVICE_UNKNOWN listing the devices that exist; DEVICE_WITHOUT_IOMMU */
export async function findPciDevice(exec: Exec, address: string): Promise<PciDevice> {
  const devices = await listPciDevices(exec);
  const device = devices.find((candidate) => candidate.address === address);
  const describe = ({ address, id, pciClass, group }: PciDevice) =>
    `${address}  [${id}] class ${pciClass}${group === undefined ? "" : `, IOMMU group ${group}`}`;
  if (device === undefined) {
    throw new UsageError({
      code: "DEVICE_UNKNOWN",
      message: `The host under test has no PCI device ${address}`,
      detail: devices.map(describe).join("\n"),
      remedy: "Give --device one of the addresses above, or leave it out for the emulated device.",
    });
  }
  if (device.group === undefined) {
    throw new UsageError({
      code: "DEVICE_WITHOUT_IOMMU",
      message: `${describe(device)}: no IOMMU translates for this device, so it cannot be assigned`,
      remedy: `Switch the IOMMU on (firmware setup, and intel_iommu=on); check: ls ${shellQuote([`/sys/bus/pci/devices/${address}/iommu_group`])}`,
    });
  }
  return device;
}

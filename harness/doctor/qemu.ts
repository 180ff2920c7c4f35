import type { Shell } from "../base/shell.ts";
import { QEMU_PROGRAM, qemuVersion } from "../qemu.ts";
import { type Finding, fail, pass, warn } from "./finding.ts";

/** Oldest version that all of this is known to work with: Debian 12's. */
const TRIED_VERSION = [7, 2] as const;
const NEEDED_DEVICES = ["intel-iommu", "e1000e", "vfio-pci", "virtio-net-pci"];

/** QEMU's version and the devices of the nested host. */
export async function checkQemu($: Shell): Promise<Finding> {
  const version = await qemuVersion($);
  const { stdout } = await $.ask`${QEMU_PROGRAM} -device help`;
  const devices = new Set([...stdout.matchAll(/^name "([^"]+)"/gm)].map((match) => match[1]));
  const missing = NEEDED_DEVICES.filter((device) => !devices.has(device));
  if (missing.length > 0) {
    const found = `version ${version} has no device ${missing.join(", ")}`;
    return fail("QEMU", found, "Install Debian's qemu-system-x86: npm run setup");
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major < TRIED_VERSION[0] || (major === TRIED_VERSION[0] && minor < TRIED_VERSION[1])) {
    return warn("QEMU", `version ${version} is untried`, `Use ${TRIED_VERSION.join(".")} or later.`);
  }
  return pass("QEMU", `version ${version}, with all devices`);
}

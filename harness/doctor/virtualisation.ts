import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Shell } from "../base/shell.ts";
import { type KvmProbe, probeKvm } from "../qemu/accel.ts";
import { QEMU_PROGRAM, qemuVersion } from "../qemu.ts";
import { type Finding, fail, pass, warn } from "./finding.ts";

/** Whether KVM runs a guest here, not just whether its device is there. Without QEMU there is no telling. */
export async function checkKvm($: Shell, probe: ($: Shell) => Promise<KvmProbe> = probeKvm): Promise<Finding> {
  await qemuVersion($);
  const { usable, reason } = await probe($);
  if (usable) return pass("KVM", reason);
  const remedy =
    "Benchmarks run under emulation (TCG), with times that are not hardware's; use a machine with working KVM.";
  return warn("KVM", `not usable: ${reason}`, remedy);
}

/** Whether a guest under KVM can use KVM itself, as the nested host does. */
export async function checkNested(root: string): Promise<Finding> {
  for (const module of ["kvm_intel", "kvm_amd"]) {
    const file = join(root, "sys/module", module, "parameters/nested");
    const value = await readFile(file, "utf8").catch(() => undefined);
    if (value === undefined) continue;
    if (/^[Y1]/.test(value)) return pass("nested", `${module} lets guests use KVM`);
    const remedy = `echo "options ${module} nested=1" > /etc/modprobe.d/nested.conf, then load ${module} again.`;
    return warn("nested", `${module} does not let guests use KVM, so the nested host is emulated`, remedy);
  }
  const remedy = "Needed only for a nested host under KVM; emulation does without.";
  return warn("nested", "neither kvm_intel nor kvm_amd is loaded", remedy);
}

/** IOMMU groups of the machine itself; the nested host brings its own, emulated IOMMU. */
export async function checkIommu(root: string): Promise<Finding> {
  const groups = await readdir(join(root, "sys/kernel/iommu_groups")).catch(() => []);
  const remedy =
    "Needed only to assign this machine's own devices: enable VT-d or AMD-Vi in firmware, boot with intel_iommu=on.";
  if (groups.length === 0) return warn("IOMMU", "no IOMMU groups; the emulated device works without", remedy);
  const sizes = await Promise.all(
    groups.map((group) => readdir(join(root, "sys/kernel/iommu_groups", group, "devices")).catch(() => [])),
  );
  const alone = sizes.filter((devices) => devices.length === 1).length;
  return pass("IOMMU", `${groups.length} groups, ${alone} of them with a single device`);
}

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

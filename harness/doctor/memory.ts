import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { formatSize, GIB_BYTES } from "../base/size.ts";
import { availableHereBytes } from "../base/this-machine.ts";
import { NestedRoom } from "../hosts.ts";
import { type Finding, fail, pass, warn } from "./finding.ts";

/** VM size of the headline figures. */
const HEADLINE_VM_BYTES = 64 * GIB_BYTES;
/** Below this, creating a VM is over before anything can be told apart. */
const USEFUL_VM_BYTES = GIB_BYTES;

/** How large a VM can be created here. */
export async function checkMemory(root: string): Promise<Finding> {
  const available = availableHereBytes(await readFile(join(root, "proc/meminfo"), "utf8"));
  const largest = new NestedRoom(available).largestVmBytes(1);
  const found = `${(available / GIB_BYTES).toFixed(1)} GiB available`;
  if (largest < USEFUL_VM_BYTES) {
    return fail(
      "memory",
      `${found}, too little for a VM of ${formatSize(USEFUL_VM_BYTES)}`,
      "Free memory, or use a larger machine.",
    );
  }
  if (largest < HEADLINE_VM_BYTES) {
    const remedy = "Results for 64G are projected from smaller VMs and marked so; measuring them takes about 68 GiB.";
    return warn("memory", `${found}: VMs of up to ${formatSize(largest)}`, remedy);
  }
  return pass("memory", `${found}: VMs of up to ${formatSize(largest)}`);
}

/** Huge pages set aside would be missing for everything else. */
export async function checkHugePages(root: string): Promise<Finding> {
  const meminfo = await readFile(join(root, "proc/meminfo"), "utf8");
  const reserved = Number(/^Hugetlb:\s+(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) * 1024;
  if (reserved > 0) {
    const remedy = "Unless something needs them: echo 0 > /proc/sys/vm/nr_hugepages";
    return warn("huge pages", `${formatSize(reserved)} are set aside and cannot be used by VMs here`, remedy);
  }
  const thp = await readFile(join(root, "sys/kernel/mm/transparent_hugepage/enabled"), "utf8").catch(() => undefined);
  const mode = thp === undefined ? undefined : /\[(\w+)\]/.exec(thp)?.[1];
  if (mode === "always" || mode === "madvise") return pass("huge pages", `transparent huge pages: ${mode}`);
  const found = `transparent huge pages are ${mode === undefined ? "not in this kernel" : mode}, which makes emulation slower`;
  return warn("huge pages", found, "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled");
}

/** A VM with an assigned device on this machine itself pins all of its memory. */
export async function checkMemlock(root: string): Promise<Finding> {
  const limits = await readFile(join(root, "proc/self/limits"), "utf8");
  const soft = /^Max locked memory\s+(\S+)/m.exec(limits)?.[1] ?? "unknown";
  if (soft === "unlimited") return pass("memlock", "unlimited");
  if (process.getuid?.() === 0) return pass("memlock", "root is not bound by the limit");
  const size = Number.isFinite(Number(soft)) ? formatSize(Number(soft)) : soft;
  const remedy = "Needed only to assign this machine's own devices: raise memlock in /etc/security/limits.conf.";
  return warn("memlock", `${size} may be locked, less than a VM with an assigned device pins`, remedy);
}

import { existsSync } from "node:fs";
import { readFile, statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { assertWritable } from "../base/disk-fault.ts";
import { cacheDir, cachePlace } from "../base/paths.ts";
import type { Shell } from "../base/shell.ts";
import { formatSize, GIB_BYTES } from "../base/size.ts";
import { availableHereBytes } from "../base/this-machine.ts";
import { NestedRoom } from "../hosts.ts";
import { type Finding, fail, pass, warn } from "./finding.ts";
import { missingPackages } from "./packages.ts";

/** Measured: a source with its package 1.8 GiB, two build trees and ccache 0.5 GiB, results and margin. */
const NEEDED_DISK_GIB = 4;
/** Type stripping without a flag came with this version. */
const NEEDED_NODE = [22, 18] as const;

/** Whether the cache directory can be written to, and has room. @throws what {@link assertWritable} throws */
export async function checkDisk(): Promise<Finding> {
  assertWritable(cachePlace());
  const dir = cacheDir();
  const { bavail, bsize } = await statfs(dir);
  const found = `${((bavail * bsize) / GIB_BYTES).toFixed(1)} GiB free in ${dir}`;
  if (bavail * bsize >= NEEDED_DISK_GIB * GIB_BYTES) return pass("disk", found);
  // What was fetched and built before does not have to be again.
  if (existsSync(cacheDir("kernels")))
    return warn("disk", found, `A fresh build takes ${NEEDED_DISK_GIB} GiB: PREZERO_CACHE=DIR names another place.`);
  return fail("disk", found, `Make room for ${NEEDED_DISK_GIB} GiB, or name another place: PREZERO_CACHE=DIR`);
}

/** Debian packages: compiler, QEMU, what the initramfs is made of. */
export async function checkPackages($: Shell): Promise<Finding> {
  const missing = await missingPackages($);
  if (missing.length === 0) return pass("packages", "all installed");
  return fail("packages", `not installed: ${missing.map(({ name }) => name).join(", ")}`, "npm run setup");
}

/** Node that runs TypeScript as it is. */
export function checkNode(_root: string, version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const recent = major > NEEDED_NODE[0] || (major === NEEDED_NODE[0] && minor >= NEEDED_NODE[1]);
  if (recent) return pass("node", version);
  return fail(
    "node",
    `${version} is too old`,
    "Run through npm (npm run doctor), which uses the Node of node_modules.",
  );
}

/** Processors: kernels are compiled, and under emulation every CPU of the host is a thread. */
export function checkProcessors(_root: string, count = availableParallelism()): Finding {
  if (count >= 2) return pass("processors", `${count}`);
  return warn(
    "processors",
    "only one: the host's CPUs would compete with each other for it",
    "Use a machine with two or more.",
  );
}

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

import { existsSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { assertWritable } from "../base/disk-fault.ts";
import { cacheDir, cachePlace } from "../base/paths.ts";
import type { Shell } from "../base/shell.ts";
import { GIB_BYTES } from "../base/size.ts";
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
  return warn("processors", "only one: the host's CPUs would compete with each other for it", "Use a machine with two or more.");
}

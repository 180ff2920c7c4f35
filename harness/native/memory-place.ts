import { statfsSync } from "node:fs";
import { UsageError } from "../base/errors.ts";
import { shellQuote } from "../base/quote.ts";
import { RuntimeDir } from "../base/runtime-dir.ts";
import type { Shell } from "../base/shell.ts";
import { formatSize, MIB_BYTES } from "../base/size.ts";
import { availableHereBytes } from "../base/this-machine.ts";
import type { UmlMachine } from "../kunit/suite.ts";

/** Where the file that is the program's memory is made: always a tmpfs, which nobody writes back to a disk meanwhile. */
export type MemoryPlace = Pick<UmlMachine, "parentDir" | "launcher">;

/** Left to the machine and to the harness. */
const RESERVE_BYTES = 512 * MIB_BYTES;
/** What tmpfs needs beside the file. */
const TMPFS_MARGIN_BYTES = 64 * MIB_BYTES;
const SHARED_MEMORY = "/dev/shm";
/** TMPFS_MAGIC of linux/magic.h. */
const TMPFS_MAGIC = 0x01021994;

/**
 * A place for so much memory: a tmpfs of huge pages that only the program sees, because a kernel maps its own memory in
 * huge pages too; else the machine's /dev/shm, in base pages, and the report says so.
 * @throws UsageError NATIVE_MEMORY, NATIVE_NO_TMPFS
 */
export async function findMemoryPlace($: Shell, bytes: number): Promise<MemoryPlace> {
  assertAvailable(bytes);
  const launcher = hugeTmpfs(bytes);
  return (await works($, launcher)) ? { launcher } : sharedMemory(bytes);
}

/**
 * Words that mount a tmpfs of huge pages over $TMPDIR, in a mount namespace that ends with the program, and run what
 * follows them. The parent-death signal is set again, because the kernel drops it when a process gains rights.
 */
export function hugeTmpfs(bytes: number, isRoot = process.getuid?.() === 0): string[] {
  const mount = `mount -t tmpfs -o huge=always,size=${bytes + TMPFS_MARGIN_BYTES} none "$TMPDIR" && exec "$@"`;
  const rights = isRoot ? [] : ["--map-root-user"];
  return ["unshare", "--mount", ...rights, "setpriv", "--pdeathsig", "KILL", "sh", "-c", mount, "sh"];
}

async function works($: Shell, launcher: string[]): Promise<boolean> {
  using directory = new RuntimeDir();
  const script = `${shellQuote([...launcher, "true"])} 2> /dev/null || exit 1`;
  const tried = await $({ env: { TMPDIR: directory.path }, okExitCodes: [0, 1] }).ask`sh -c ${script}`;
  return tried.exitCode === 0;
}

function sharedMemory(bytes: number): MemoryPlace {
  const { type, bavail, bsize } = statfsSync(SHARED_MEMORY);
  if (type === TMPFS_MAGIC && bavail * bsize >= bytes + TMPFS_MARGIN_BYTES) return { parentDir: SHARED_MEMORY };
  throw new UsageError({
    code: "NATIVE_NO_TMPFS",
    message: `There is no tmpfs with ${formatSize(bytes)} free: none can be mounted, and ${SHARED_MEMORY} is too small`,
    remedy: "Run as root, allow user namespaces, or give the container a larger /dev/shm (docker: --shm-size).",
  });
}

function assertAvailable(bytes: number): void {
  const available = availableHereBytes();
  if (available >= bytes + RESERVE_BYTES) return;
  throw new UsageError({
    code: "NATIVE_MEMORY",
    message: `This machine has ${formatSize(available)} of memory to give, and ${formatSize(bytes + RESERVE_BYTES)} are needed`,
    remedy: "Stop something that uses memory.",
  });
}

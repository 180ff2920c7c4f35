import { closeSync, mkdirSync, openSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { HarnessError, InfrastructureError, UsageError } from "./errors.ts";
import { GIB_BYTES } from "./size.ts";

/** A directory that this machine's user chose, or could choose otherwise: the cache, the results. */
export type Place = {
  path: string;
  /** What is kept there, as in "the cache in /some/path". */
  holds: string;
  /** How to name another one, for example `PREZERO_CACHE=DIR`; absent where it is too late for that. */
  elsewhere?: string;
  /** What the user can do when the disk is full; "Make room there" when absent. */
  makeRoom?: string;
};

export const TEMPORARY: Place = { path: tmpdir(), holds: "temporary files", elsewhere: "TMPDIR=DIR" };

/** A tool that has found the disk full removes its half-written file: less room than that counts as none. */
const PROBE_BYTES = 4 * 2 ** 20;

/**
 * The error for a place that cannot be used, told by errno.
 * @param error what using the place threw
 * @returns DISK_FULL, DISK_READ_ONLY or DISK_FAILED (InfrastructureError), PLACE_FORBIDDEN or PLACE_UNUSABLE
 *   (UsageError); undefined when it was something else
 */
export function diskFault(error: unknown, place: Place): HarnessError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { path, holds, elsewhere } = place;
  const evidence = { detail: error.message, cause: error };
  const other = elsewhere === undefined ? "" : `, or name another place with ${elsewhere}`;
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOSPC":
    case "EDQUOT":
      return new InfrastructureError({
        code: "DISK_FULL",
        message: `The disk that holds ${holds} in ${path} is full: ${freeGib(path)} GiB are left`,
        remedy: `${place.makeRoom ?? "Make room there"}${other}.`,
        ...evidence,
      });
    case "EROFS":
      return new InfrastructureError({
        code: "DISK_READ_ONLY",
        message: `The disk that holds ${holds} in ${path} is mounted read-only`,
        remedy: `Mount it writable${other}.`,
        ...evidence,
      });
    case "EIO":
    case "ESTALE":
    case "ENXIO":
      return new InfrastructureError({
        code: "DISK_FAILED",
        message: `The disk that holds ${holds} in ${path} fails`,
        remedy: `Look at the kernel log (dmesg)${other}.`,
        ...evidence,
      });
    case "EACCES":
    case "EPERM":
      return new UsageError({
        code: "PLACE_FORBIDDEN",
        message: `This user may not write ${holds} to ${path}`,
        remedy: `Change the owner or the permissions${other}.`,
        ...evidence,
      });
    case "ENOTDIR":
    case "EISDIR":
    case "EEXIST":
    case "ENOENT":
    case "ELOOP":
    case "ENAMETOOLONG":
      return new UsageError({
        code: "PLACE_UNUSABLE",
        message: `${capital(holds)} cannot be in ${path}: that is no directory, and none can be made there`,
        remedy: `Remove what is in the way${other}.`,
        ...evidence,
      });
    default:
      return undefined;
  }
}

/**
 * Runs work that writes to a place; what {@link diskFault} knows is thrown as that error, all else as it came. A tool
 * that failed tells no errno, and a file that is missing may be missing for any reason: the disks are tried after them.
 */
export async function namingDiskFaults<T>(place: Place, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof HarnessError && !(error instanceof InfrastructureError)) throw error;
    const told = diskFault(error, place);
    if (told !== undefined && told.code !== "PLACE_UNUSABLE") throw told;
    throw writeFault(place) ?? writeFault(TEMPORARY) ?? error;
  }
}

/** Makes the directory of a place, and those above it. @throws what {@link diskFault} makes of it */
export function makePlace(place: Place): void {
  try {
    makeDirectory(place.path);
  } catch (error) {
    throw diskFault(error, place) ?? error;
  }
}

/**
 * Makes the directory and writes to it, so that a place that cannot be used is found before anything long begins, or
 * after a tool failed that tells no errno.
 * @throws what {@link diskFault} makes of it
 */
export function assertWritable(place: Place): void {
  const fault = writeFault(place);
  if (fault !== undefined) throw fault;
}

function writeFault(place: Place): unknown {
  const file = join(place.path, `.writable-${process.pid}`);
  try {
    makeDirectory(place.path);
    const fd = openSync(file, "w");
    try {
      for (let left = PROBE_BYTES; left > 0; ) left -= writeSync(fd, Buffer.alloc(Math.min(left, 2 ** 20)));
    } finally {
      closeSync(fd);
      rmSync(file, { force: true });
    }
    return undefined;
  } catch (error) {
    return diskFault(error, place) ?? error;
  }
}

/** Node's recursive mkdir never comes back where a parent is there and says ENOENT all the same, as /proc does. */
function makeDirectory(path: string): void {
  if (isDirectory(path)) return;
  makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function freeGib(path: string): string {
  try {
    const { bavail, bsize } = statfsSync(path);
    return ((bavail * bsize) / GIB_BYTES).toFixed(1);
  } catch {
    return "0.0";
  }
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

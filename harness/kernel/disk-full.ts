import { statfs } from "node:fs/promises";
import { InfrastructureError } from "../base/errors.ts";
import { cacheDir } from "../base/paths.ts";

const GIB = 2 ** 30;
/** Measured: unpacked source 1.6 GiB, package 0.15 GiB, a build tree and its ccache 0.3 GiB. */
const NEEDED_GIB = 2.5;
const SAYS_DISK_FULL = /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/;

/** The error for a full disk: where, how much is left and how much building a kernel takes. */
export async function diskFullError(path: string, evidence: string): Promise<InfrastructureError> {
  const { bavail, bsize } = await statfs(path).catch(() => ({ bavail: 0, bsize: 0 }));
  return new InfrastructureError({
    code: "DISK_FULL",
    message: `The disk that holds ${path} is full: ${((bavail * bsize) / GIB).toFixed(1)} GiB are left, a build takes about ${NEEDED_GIB} GiB.`,
    detail: evidence,
    remedy: `Make room there (${cacheDir("ccache")} and all of ${cacheDir()} can be deleted), or name another place with PREZERO_CACHE=DIR.`,
  });
}

/** Runs work and answers a full disk, whoever reported it, with {@link diskFullError}. */
export async function namingDiskFull<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const said = error instanceof InfrastructureError ? `${error.message}\n${error.detail}` : String(error);
    const line = said.split("\n").find((one) => SAYS_DISK_FULL.test(one));
    throw line === undefined ? error : await diskFullError(path, line);
  }
}

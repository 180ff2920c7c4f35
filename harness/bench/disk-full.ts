import { InfrastructureError } from "../base/errors.ts";

const NO_ROOM = new Set(["ENOSPC", "EDQUOT"]);

/**
 * The error for results that did not fit on the disk.
 * @param error what writing them threw
 * @returns undefined when it was something else
 */
export function resultsDiskFull(error: unknown, runDir: string, id: string): InfrastructureError | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === undefined || !NO_ROOM.has(code)) return undefined;
  return new InfrastructureError({
    code: "RESULTS_DISK_FULL",
    message: `The disk that holds ${runDir} is full. What was measured before is there; the boot that ran is not counted.`,
    detail: String(error),
    remedy: `Make room there, then go on with: npm run bench -- --resume ${id}`,
    cause: error,
  });
}

import type { Shell } from "../base/shell.ts";

/** Program that runs the nested host on this machine and, on any host, the measured VM. */
export const QEMU_PROGRAM = "qemu-system-x86_64";

/**
 * Version of this machine's QEMU, for example `7.2.22`. Asked before anything long begins, so that a missing QEMU does
 * not come up after the kernels are built.
 * @throws InfrastructureError QEMU_MISSING
 */
export async function qemuVersion($: Shell): Promise<string> {
  const failure = { code: "QEMU_MISSING", remedy: "npm run setup installs it." };
  const { stdout } = await $(failure).ask`${QEMU_PROGRAM} --version`;
  return /version (\S+)/.exec(stdout)?.[1] ?? "unknown";
}

import { InfrastructureError } from "../base/errors.ts";
import type { Exec } from "../base/exec.ts";
import type { Thp } from "../bench/sample.ts";

const NR_ANON_64K = "/sys/kernel/mm/transparent_hugepage/hugepages-64kB/stats/nr_anon";
/** The walk over a large VM's page tables takes its time under TCG. */
const TIMEOUT_MS = 120_000;

/**
 * Share (0 to 1) of a process's anonymous memory that huge pages of the chosen size back. 2 MiB pages are counted for
 * the process (AnonHugePages of smaps_rollup); 64 KiB ones only for the whole system, where the VM is all that is big.
 * @throws InfrastructureError HUGE_SHARE when the process is gone
 */
export async function hugeShare(exec: Exec, pid: number, thp: Thp): Promise<number> {
  const { stdout, stderr } = await exec(`cat /proc/${pid}/smaps_rollup; cat ${NR_ANON_64K} 2>/dev/null`, TIMEOUT_MS);
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(stdout)?.[1]);
  const anonymous = kilobytes("Anonymous");
  if (!(anonymous > 0)) {
    throw new InfrastructureError({
      code: "HUGE_SHARE",
      message: `The memory of the measured VM (process ${pid}) cannot be read`,
      detail: `${stdout}${stderr}`.trim(),
      remedy: "The VM ended by itself, or the kernel lacks PROC_PAGE_MONITOR; see the host's console log.",
    });
  }
  const folios64k = Number(stdout.trim().split("\n").at(-1));
  const huge = thp === "mthp-64k" ? (Number.isFinite(folios64k) ? folios64k * 64 : 0) : kilobytes("AnonHugePages");
  return Math.min(1, huge / anonymous);
}

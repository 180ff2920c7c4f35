import { InfrastructureError } from "../base/errors.ts";
import type { Exec } from "../base/exec.ts";
import type { Thp } from "../run/sample.ts";

const NR_ANON_64K = "/sys/kernel/mm/transparent_hugepage/hugepages-64kB/stats/nr_anon";
/** The walk over a large VM's page tables takes its time under TCG. */
const TIMEOUT_MS = 120_000;

/**
 * Share (0 to 1) of the processes' own memory that huge pages of the chosen size back, or reserved ones of 2 MiB. 2 MiB
 * pages are counted for each process (AnonHugePages and Hugetlb of smaps_rollup); 64 KiB ones only for the whole system,
 * where the VMs are all that is big.
 * @throws InfrastructureError HUGE_SHARE when a process is gone
 */
export async function hugeShare(exec: Exec, pids: readonly number[], thp: Thp): Promise<number> {
  const files = pids.map((pid) => `/proc/${pid}/smaps_rollup`).join(" ");
  const { stdout, stderr } = await exec(`cat ${files}; cat ${NR_ANON_64K} 2>/dev/null`, TIMEOUT_MS);
  const values = (name: string) =>
    [...stdout.matchAll(new RegExp(`^${name}:\\s+(\\d+) kB$`, "gm"))].map(([, kilobytes]) => Number(kilobytes));
  const kilobytes = (name: string) => values(name).reduce((sum, value) => sum + value, 0);
  if (values("Anonymous").filter((value) => value > 0).length < pids.length) {
    throw new InfrastructureError({
      code: "HUGE_SHARE",
      message: `The memory of the measured VM (process ${pids.join(", ")}) cannot be read`,
      detail: `${stdout}${stderr}`.trim(),
      remedy: "The VM ended by itself, or the kernel lacks PROC_PAGE_MONITOR; see the host's console log.",
    });
  }
  const folios64k = Number(stdout.trim().split("\n").at(-1));
  const reserved = kilobytes("Private_Hugetlb") + kilobytes("Shared_Hugetlb");
  const huge = thp === "mthp-64k" ? (Number.isFinite(folios64k) ? folios64k * 64 : 0) : kilobytes("AnonHugePages");
  return Math.min(1, (huge + reserved) / (kilobytes("Anonymous") + reserved));
}

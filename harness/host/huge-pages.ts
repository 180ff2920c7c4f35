import { InfrastructureError } from "../base/errors.ts";
import type { Exec } from "../base/exec.ts";
import { formatSize, MIB_BYTES } from "../base/size.ts";
import type { Thp } from "../run/sample.ts";

const PAGE_BYTES = 2 * MIB_BYTES;
const NR_HUGEPAGES = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages";
/** Free memory may have to be moved together before there are so many huge pages. */
const RESERVE_TIMEOUT_MS = 600_000;

const NR_ANON_64K = "/sys/kernel/mm/transparent_hugepage/hugepages-64kB/stats/nr_anon";
/** The walk over a large VM's page tables takes its time under TCG. */
const SHARE_TIMEOUT_MS = 120_000;

/**
 * Reserves huge pages of 2 MiB on the host for so much memory. The kernel does not clear them here, but when they are
 * first touched.
 * @returns seconds that it took
 * @throws InfrastructureError HUGE_PAGES when the kernel could not make so many
 */
export async function reserveHugePages(exec: Exec, bytes: number): Promise<number> {
  const wanted = Math.ceil(bytes / PAGE_BYTES);
  const { stdout, stderr } = await exec(
    `start=$(cut -d' ' -f1 /proc/uptime); echo ${wanted} > ${NR_HUGEPAGES}; end=$(cut -d' ' -f1 /proc/uptime)
echo "$(cat ${NR_HUGEPAGES}) $start $end"`,
    RESERVE_TIMEOUT_MS,
  );
  const [got, start, end] = stdout.trim().split(" ").map(Number);
  if (got === wanted && start !== undefined && end !== undefined) return end - start;
  throw new InfrastructureError({
    code: "HUGE_PAGES",
    message: `The host under test could not reserve ${formatSize(bytes)} in huge pages: it made ${got ?? 0} of ${wanted}`,
    detail: `${stdout}${stderr}`.trim(),
    remedy: "Its memory is too fragmented or too small, or its kernel lacks HUGETLBFS: try a smaller --memory.",
  });
}

/** Gives the reserved huge pages back to the allocator. */
export async function releaseHugePages(exec: Exec): Promise<void> {
  await exec(`echo 0 > ${NR_HUGEPAGES}`, RESERVE_TIMEOUT_MS);
}

/**
 * Share (0 to 1) of the processes' own memory that huge pages of the chosen size back, or reserved ones of 2 MiB. 2 MiB
 * pages are counted for each process (AnonHugePages and Hugetlb of smaps_rollup); 64 KiB ones only for the whole system,
 * where the VMs are all that is big.
 * @throws InfrastructureError HUGE_SHARE when a process is gone
 */
export async function hugeShare(exec: Exec, pids: readonly number[], thp: Thp): Promise<number> {
  const files = pids.map((pid) => `/proc/${pid}/smaps_rollup`).join(" ");
  const { stdout, stderr } = await exec(`cat ${files}; cat ${NR_ANON_64K} 2>/dev/null`, SHARE_TIMEOUT_MS);
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

import { InfrastructureError } from "../base/errors.ts";
import type { Exec } from "../base/exec.ts";
import { formatSize, MIB_BYTES } from "../base/size.ts";

const PAGE_BYTES = 2 * MIB_BYTES;
const NR_HUGEPAGES = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages";
/** Free memory may have to be moved together before there are so many huge pages. */
const TIMEOUT_MS = 600_000;

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
    TIMEOUT_MS,
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
  await exec(`echo 0 > ${NR_HUGEPAGES}`, TIMEOUT_MS);
}

import { InfrastructureError } from "../base/errors.ts";
import type { Exec } from "../base/exec.ts";
import type { Thp } from "../run/sample.ts";

const SYSFS = "/sys/kernel/mm/transparent_hugepage";

/** What each setting writes: the global switch, the per-size switch of 64 KiB pages and the one of 2 MiB pages. */
const SETTINGS: Record<Thp, { enabled: string; size64k: string; size2m: string }> = {
  on: { enabled: "always", size64k: "never", size2m: "inherit" },
  off: { enabled: "never", size64k: "never", size2m: "inherit" },
  "mthp-64k": { enabled: "never", size64k: "always", size2m: "never" },
};

/**
 * Sets transparent huge pages on the host under test and reads them back.
 * @throws InfrastructureError THP_SETTING when the kernel did not take the setting
 */
export async function setThp(exec: Exec, thp: Thp): Promise<void> {
  const { enabled, size64k, size2m } = SETTINGS[thp];
  // Kernels before 6.8 have no per-size switches: nothing to write there, and mthp-64k is refused by the check below.
  const { stdout, stderr } = await exec(
    `cd ${SYSFS} && echo ${enabled} > enabled
if [ -e hugepages-2048kB/enabled ]; then echo ${size2m} > hugepages-2048kB/enabled; fi
if [ -e hugepages-64kB/enabled ]; then echo ${size64k} > hugepages-64kB/enabled; fi
cat enabled; cat hugepages-64kB/enabled 2>/dev/null`,
  );
  const [global = "", small = ""] = stdout.trim().split("\n");
  const sizeTaken = small.includes(`[${size64k}]`) || (small === "" && size64k === "never");
  if (global.includes(`[${enabled}]`) && sizeTaken) return;
  throw new InfrastructureError({
    code: "THP_SETTING",
    message: `The host under test did not take the setting of transparent huge pages: ${thp}`,
    detail: `${stdout}${stderr}`.trim(),
    remedy: "The kernel needs TRANSPARENT_HUGEPAGE; mthp-64k needs Linux 6.8 or newer.",
  });
}

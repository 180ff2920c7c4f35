import { z } from "zod";
import { check, type TestResult } from "../../ktap/result.ts";
import { checked, counter, objectsIn } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";

const MIB = 256;
const SECONDS = 15;
const collapsed = z.object({ hugeKb: z.int() });
/** Some pieces cannot be collapsed at once: a page of theirs is in use just then. */
const LEAST_HUGE_SHARE = 0.5;
const THP = "/sys/kernel/mm/transparent_hugepage";
/** khugepaged looks all the time, and compaction is asked for again and again, as long as the load runs. */
const FRAGMENTED = `echo always > ${THP}/enabled; echo 0 > ${THP}/khugepaged/scan_sleep_millisecs
echo 65536 > ${THP}/khugepaged/pages_to_scan
holes ${MIB} ${SECONDS} & load=$!
while kill -0 $load 2>/dev/null; do echo 1 > /proc/sys/vm/compact_memory; zerocheck 32 1 huge; done
wait $load`;

export const compaction: Scenario = {
  name: "compaction",
  about: `compaction and khugepaged on ${MIB} MiB with a hole beside each page, for ${SECONDS} s`,
  run: (plan) => onLiveHost(plan, "compaction", {}, compacted),
};

/** @throws what the host's exec throws */
export async function compacted(host: LifeHost): Promise<TestResult[]> {
  const load = await host.exec(FRAGMENTED, SCENARIO_MS);
  const vmstat = (await host.exec("cat /proc/vmstat")).stdout;
  const migrated = counter(vmstat, "pgmigrate_success");
  const hugeKb = objectsIn(load.stdout, collapsed)[0]?.hugeKb ?? 0;
  const share = hugeKb / (MIB * 1024);
  return [
    checked("holes and what is between them", load),
    check(`compaction moved ${migrated} pages`, migrated > 0),
    check(`${Math.round(share * 100)} % of the pieces became huge pages`, share >= LEAST_HUGE_SHARE, load.stdout),
  ];
}

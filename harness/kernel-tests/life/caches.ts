import { measured, type TestResult } from "../../ktap/result.ts";
import { checked, counter, number } from "../boot/answers.ts";
import { nothingIsMissing } from "../boot/sum.ts";
import type { Scenario } from "../boot/test-host.ts";
import { fillPool } from "../boot/worker.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";

const SECONDS = 30;
/** Processes that populate memory, as machines do that are created, and end. */
const PROCESSES = 2;
const MIB_EACH = 96;
const CACHE_MIB = 256;
/** A turn drops all of the cache and compacts all memory, which takes an emulated CPU a second or two. */
const LEAST_TURNS = 5;
/** The root is in memory and cannot be dropped; what is read of a block device can. */
const DROP_AND_COMPACT = `echo ${CACHE_MIB}M > /sys/block/zram0/disksize || exit 1
end=$(($(cut -d. -f1 /proc/uptime) + ${SECONDS}))
is_over() { [ "$(cut -d. -f1 /proc/uptime)" -ge "$end" ]; }
come_and_go() { until is_over; do zerocheck ${MIB_EACH} 1 small && zerocheck ${MIB_EACH} 1 huge || exit 1; done; }
for one in $(seq ${PROCESSES}); do come_and_go & all="$all $!"; done
code=0 turns=0
until is_over; do
  dd if=/dev/zram0 of=/dev/null bs=1M 2> /dev/null &&
  echo 3 > /proc/sys/vm/drop_caches && echo 1 > /proc/sys/vm/compact_memory || { code=1; break; }
  turns=$((turns + 1))
done
for one in $all; do wait $one || code=1; done
echo 1 > /sys/block/zram0/reset
echo $turns
exit $code`;

export const caches: Scenario = {
  name: "caches and compaction",
  about: `caches are dropped and memory is compacted for ${SECONDS} s, while ${PROCESSES} processes come and go`,
  run: ($, plan) => onLiveHost($, plan, "caches", {}, droppedAndCompacted),
};

/** @throws what the host's exec throws */
export async function droppedAndCompacted(host: LifeHost): Promise<TestResult[]> {
  const load = await host.exec(DROP_AND_COMPACT, SCENARIO_MS);
  const vmstat = (await host.exec("cat /proc/vmstat")).stdout;
  const turns = number(load.stdout);
  const [dropped, scanned] = ["drop_pagecache", "compact_migrate_scanned"].map((name) => counter(vmstat, name));
  return [
    checked("what comes and goes meanwhile", load),
    measured("it was done again and again", `${turns} times`, turns >= LEAST_TURNS),
    measured(
      "caches were dropped, and compaction looked at memory",
      `${dropped} times, ${scanned} pages`,
      Number(dropped) >= turns && Number(scanned) > 0,
    ),
    await nothingIsMissing(host.exec),
    await fillPool(host),
  ];
}

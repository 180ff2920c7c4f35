import { z } from "zod";
import { MIB_BYTES } from "../../base/size.ts";
import { measured, type TestResult } from "../../ktap/result.ts";
import { checked, counter, ended, number, objectsIn } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";

const FORKS_SECONDS = 20;
const CHILDREN = 12;
const MIB_EACH = 8;
const forked = z.object({ forks: z.int() });
/** A storm of a few dozens is none, even on an emulated CPU. */
const LEAST_FORKS = 5 * CHILDREN;

export const forks: Scenario = {
  name: "fork storm",
  about: `${CHILDREN} processes at a time come and go for ${FORKS_SECONDS} s, and copy what they inherit`,
  run: ($, plan) => onLiveHost($, plan, "forks", {}, stormOfForks),
};

/** @throws what the host's exec throws */
export async function stormOfForks(host: LifeHost): Promise<TestResult[]> {
  const answer = await host.exec(`forkstorm ${FORKS_SECONDS} ${CHILDREN} ${MIB_EACH}`, SCENARIO_MS);
  const count = objectsIn(answer.stdout, forked)[0]?.forks ?? 0;
  return [checked("each child", answer), measured("forks", String(count), count >= LEAST_FORKS)];
}

const CYCLES = 12;
/** Each cycle gives dirty memory to the lists of the CPU that goes. */
const CYCLE = `for cycle in $(seq ${CYCLES}); do
  taskset 2 zerocheck 24 1 small || exit 1
  echo 0 > /sys/devices/system/cpu/cpu1/online || exit 1
  zerocheck 24 1 small || exit 1
  echo 1 > /sys/devices/system/cpu/cpu1/online || exit 1
done`;

export const cpus: Scenario = {
  name: "CPU hotplug",
  about: "a CPU goes and comes while the worker runs",
  run: ($, plan) => onLiveHost($, plan, "cpus", {}, cpusComeAndGo),
};

/** @throws what the host's exec throws */
export async function cpusComeAndGo(host: LifeHost): Promise<TestResult[]> {
  const before = number((await host.exec(COUNT)).stdout);
  const looked = await host.exec(CYCLE, SCENARIO_MS);
  const after = number((await host.exec(COUNT)).stdout);
  return [
    checked(`a CPU went and came ${CYCLES} times`, looked),
    measured("what was counted on it is still counted", `${after} hits after ${before}`, after > before),
    ended("the CPU is there in the end", await host.exec("grep -q 1 /sys/devices/system/cpu/cpu1/online")),
  ];
}

const COUNT = "awk '/^prezero_hit /{print $2}' /proc/vmstat";

/**
 * More than is available, all of it different: some of it has to go to zram and come back. Not much more, or zram itself
 * has no memory left and somebody is killed, on the plain kernel too. That one calls less of the same memory available,
 * because what is on per-CPU lists is not counted and the worker empties them.
 */
const LOAD_SHARE_PERCENT = 104;
const ZRAM_MIB = 768;
const SWAP_ON = `echo ${ZRAM_MIB}M > /sys/block/zram0/disksize && mkswap /dev/zram0 > /dev/null && swapon /dev/zram0`;
const LOAD = `mib=$(awk '/^MemAvailable/{print int($2 * ${LOAD_SHARE_PERCENT} / 100 / 1024)}' /proc/meminfo)
zerocheck $mib 1 small && zerocheck $mib 1 huge`;

export const swap: Scenario = {
  name: "swap",
  about: `${LOAD_SHARE_PERCENT} % of free memory, with zram`,
  run: ($, plan) => onLiveHost($, plan, "swap", {}, swapped),
};

/** @throws what the host's exec throws */
export async function swapped(host: LifeHost): Promise<TestResult[]> {
  const on = await host.exec(SWAP_ON);
  const load = await host.exec(LOAD, SCENARIO_MS);
  const vmstat = (await host.exec("cat /proc/vmstat")).stdout;
  const off = await host.exec("swapoff /dev/zram0 && echo 1 > /sys/block/zram0/reset", SCENARIO_MS);
  const [out, back, killed] = ["pswpout", "pswpin", "oom_kill"].map((name) => counter(vmstat, name));
  return [
    ended("zram is swap", on),
    checked("the load", load),
    measured(
      "pages went out and came back, and nobody was killed",
      `${out} out, ${back} back, ${killed} killed`,
      Number(out) > 0 && Number(back) > 0 && killed === 0,
    ),
    ended("swap can be taken away", off),
  ];
}

const GROUP = "/sys/fs/cgroup/life";
/** From here on the group pays for itself by reclaim. A hard limit kills under TCG, with and without the series. */
const LIMIT_MIB = 96;
const LOAD_MIB = 160;
const ROUNDS = 2;
/** What a group that nobody is in may still be charged for: batches that CPUs keep. */
const LEFT_BYTES = 4 * MIB_BYTES;

const PREPARE = `mount -t cgroup2 none /sys/fs/cgroup && echo +memory > /sys/fs/cgroup/cgroup.subtree_control &&
mkdir ${GROUP} && echo ${LIMIT_MIB}M > ${GROUP}/memory.high`;
const inGroup = (command: string) => `echo $$ > ${GROUP}/cgroup.procs && ${command}`;

export const cgroup: Scenario = {
  name: "cgroup limit",
  about: `${LOAD_MIB} MiB in a group that should have ${LIMIT_MIB} MiB, and zram`,
  run: ($, plan) => onLiveHost($, plan, "cgroup", {}, limited),
};

/** @throws what the host's exec throws */
export async function limited(host: LifeHost): Promise<TestResult[]> {
  const prepared = await host.exec(`${SWAP_ON} && ${PREPARE}`);
  const load = await host.exec(inGroup(`zerocheck ${LOAD_MIB} ${ROUNDS} small`), SCENARIO_MS);
  const huge = await host.exec(inGroup(`zerocheck ${LOAD_MIB} ${ROUNDS} huge`), SCENARIO_MS);
  const peak = number((await host.exec(`cat ${GROUP}/memory.peak`)).stdout);
  const left = number((await host.exec(`awk '/^anon /{print $2}' ${GROUP}/memory.stat`)).stdout);
  const events = (await host.exec(`cat ${GROUP}/memory.events`)).stdout;
  const event = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(events)?.[1]);
  return [
    ended("swap and the group are there", prepared),
    checked("4K pages in the group", load),
    checked("huge pages in the group", huge),
    measured(
      "the group was kept below what it wanted",
      `${peak} bytes at most`,
      peak > LIMIT_MIB * MIB_BYTES && peak < LOAD_MIB * MIB_BYTES,
    ),
    measured(
      "its limit was reached, and nobody was killed",
      `${event("high")} times, ${event("oom_kill")} killed`,
      event("high") > 0 && event("oom_kill") === 0,
      events,
    ),
    measured("all was given back", `${left} bytes of anonymous memory left`, left <= LEFT_BYTES),
  ];
}

const MIB = 256;
const COMPACTION_SECONDS = 15;
const collapsed = z.object({ hugeKb: z.int() });
/** Some pieces cannot be collapsed at once: a page of theirs is in use just then. */
const LEAST_HUGE_SHARE = 0.5;
const THP = "/sys/kernel/mm/transparent_hugepage";
/** khugepaged looks all the time, and compaction is asked for again and again, as long as the load runs. */
const FRAGMENTED = `echo always > ${THP}/enabled; echo 0 > ${THP}/khugepaged/scan_sleep_millisecs
echo 65536 > ${THP}/khugepaged/pages_to_scan
holes ${MIB} ${COMPACTION_SECONDS} & load=$!
while kill -0 $load 2>/dev/null; do echo 1 > /proc/sys/vm/compact_memory; zerocheck 32 1 huge; done
wait $load`;

export const compaction: Scenario = {
  name: "compaction",
  about: `compaction and khugepaged on ${MIB} MiB with a hole beside each page, for ${COMPACTION_SECONDS} s`,
  run: ($, plan) => onLiveHost($, plan, "compaction", {}, compacted),
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
    measured("compaction moved pages", String(migrated), migrated > 0),
    measured("the pieces became huge pages", `${Math.round(share * 100)} %`, share >= LEAST_HUGE_SHARE, load.stdout),
  ];
}

import { check, type TestResult } from "../../ktap/result.ts";
import { checked, counter, ended } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";

/**
 * More than is available, all of it different: some of it has to go to zram and come back. Not much more, or zram itself
 * has no memory left and somebody is killed, on the plain kernel too. That one calls less of the same memory available,
 * because what is on per-CPU lists is not counted and the worker empties them.
 */
const LOAD_SHARE_PERCENT = 104;
const ZRAM_MIB = 768;
export const SWAP_ON = `echo ${ZRAM_MIB}M > /sys/block/zram0/disksize && mkswap /dev/zram0 > /dev/null && swapon /dev/zram0`;
const LOAD = `mib=$(awk '/^MemAvailable/{print int($2 * ${LOAD_SHARE_PERCENT} / 100 / 1024)}' /proc/meminfo)
zerocheck $mib 1 small && zerocheck $mib 1 huge`;

export const swap: Scenario = {
  name: "swap",
  about: `${LOAD_SHARE_PERCENT} % of free memory, with zram`,
  run: (plan) => onLiveHost(plan, "swap", {}, swapped),
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
    check(
      `${out} pages went out, ${back} came back, ${killed} processes were killed`,
      Number(out) > 0 && Number(back) > 0 && killed === 0,
    ),
    ended("swap can be taken away", off),
  ];
}

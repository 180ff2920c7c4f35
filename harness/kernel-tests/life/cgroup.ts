import { MIB_BYTES } from "../../base/size.ts";
import { check, type TestResult } from "../../ktap/result.ts";
import { checked, ended, number } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";
import { SWAP_ON } from "./swap.ts";

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
  run: (plan) => onLiveHost(plan, "cgroup", {}, limited),
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
    check(
      `the group was kept below what it wanted: ${peak} bytes at most`,
      peak > LIMIT_MIB * MIB_BYTES && peak < LOAD_MIB * MIB_BYTES,
    ),
    check(
      `it was met ${event("high")} times, and nobody was killed`,
      event("high") > 0 && event("oom_kill") === 0,
      events,
    ),
    check(`all was given back: ${left} bytes of anonymous memory left`, left <= LEFT_BYTES),
  ];
}

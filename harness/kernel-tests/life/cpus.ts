import { check, type TestResult } from "../../ktap/result.ts";
import { checked, ended, number } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";

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
  run: (plan) => onLiveHost(plan, "cpus", {}, cpusComeAndGo),
};

/** @throws what the host's exec throws */
export async function cpusComeAndGo(host: LifeHost): Promise<TestResult[]> {
  const before = number((await host.exec(COUNT)).stdout);
  const looked = await host.exec(CYCLE, SCENARIO_MS);
  const after = number((await host.exec(COUNT)).stdout);
  return [
    checked(`a CPU went and came ${CYCLES} times`, looked),
    check(`what was counted on it is still counted: ${after} hits after ${before}`, after > before),
    ended("the CPU is there in the end", await host.exec("grep -q 1 /sys/devices/system/cpu/cpu1/online")),
  ];
}

const COUNT = "awk '/^prezero_hit /{print $2}' /proc/vmstat";

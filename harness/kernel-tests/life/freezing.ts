import { check, type TestResult } from "../../ktap/result.ts";
import { checked, counter, ended } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { fillPool } from "../boot/worker.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";

/** How far the machine goes to sleep before it turns back, by /sys/power/pm_test. */
const DEPTHS = ["freezer", "devices"] as const;
const STATES = [
  { state: "freeze", cycles: 3 },
  // Memory for an image is set aside each time, which is slow.
  { state: "disk", cycles: 1 },
] as const;
const DIRTY_MIB = 128;
/** A pass is running when the freezer comes: there is just something to clear. */
const SLEEP = (depth: string, state: string, cycles: number) => `echo 0 > /sys/module/suspend/parameters/pm_test_delay
echo ${depth} > /sys/power/pm_test
for cycle in $(seq ${cycles}); do zerocheck ${DIRTY_MIB} 1 small && sleep 0.1 && echo ${state} > /sys/power/state || exit 1; done
echo none > /sys/power/pm_test`;

export const freezing: Scenario = {
  name: "freezing",
  about: "the machine begins to sleep and to hibernate, and turns back",
  run: ($, plan) => onLiveHost($, plan, "freezing", {}, freezes),
};

/** @throws what the host's exec throws */
export async function freezes(host: LifeHost): Promise<TestResult[]> {
  const results: TestResult[] = [];
  for (const { state, cycles } of STATES) {
    for (const depth of DEPTHS) {
      results.push(checked(`${state} until ${depth}`, await host.exec(SLEEP(depth, state, cycles), SCENARIO_MS)));
    }
  }
  const before = counter((await host.exec("cat /proc/vmstat")).stdout, "prezero_cleared");
  const full = await fillPool(host);
  const after = counter(
    (await host.exec(`zerocheck ${DIRTY_MIB} 1 small > /dev/null; sleep 3; cat /proc/vmstat`)).stdout,
    "prezero_cleared",
  );
  return [
    ...results,
    ended("it is still enabled", await host.exec("grep -q 1 /sys/kernel/mm/page_prezero/enabled")),
    full,
    check(`the worker is awake: ${after - before} pages cleared`, after > before),
  ];
}

import { GIB_BYTES } from "../../base/size.ts";
import { check, type TestResult } from "../../ktap/result.ts";
import { checked, number } from "../boot/answers.ts";
import type { Scenario } from "../boot/test-host.ts";
import { type LifeHost, onLiveHost, SCENARIO_MS } from "./host.ts";

const AREA_MIB = 64;
const PAGES_PER_MIB = 256;
const CYCLES = 8;
const TAKE_MIB = 48;
/** Of the memory that is free, so that the load reaches into the area. */
const LOAD_SHARE_PERCENT = 88;
const AREA = "/sys/kernel/debug/cma/reserved";
const CYCLE = `mib=$(awk '/^MemAvailable/{print int($2 * ${LOAD_SHARE_PERCENT} / 100 / 1024)}' /proc/meminfo)
zerocheck $mib 2 small & load=$!
failed=0
for cycle in $(seq ${CYCLES}); do
  echo ${TAKE_MIB * PAGES_PER_MIB} > ${AREA}/alloc || failed=$((failed + 1))
  echo ${TAKE_MIB * PAGES_PER_MIB} > ${AREA}/free
  sleep 0.2
done
wait $load; code=$?
echo $failed
exit $code`;

export const cma: Scenario = {
  name: "CMA",
  about: `${TAKE_MIB} of ${AREA_MIB} MiB are taken and given back ${CYCLES} times while others use them`,
  run: (plan) => onLiveHost(plan, "cma", { memoryBytes: GIB_BYTES, extraCmdline: `cma=${AREA_MIB}M` }, takeAndGiveBack),
};

/** @throws what the host's exec throws */
export async function takeAndGiveBack(host: LifeHost): Promise<TestResult[]> {
  const size = number((await host.exec(`cat ${AREA}/count`)).stdout);
  const load = await host.exec(CYCLE, SCENARIO_MS);
  const failed = number(load.stdout);
  const used = number((await host.exec(`cat ${AREA}/used`)).stdout);
  return [
    check(`the area has ${size} pages`, size === AREA_MIB * PAGES_PER_MIB),
    checked("what others have of it", load),
    // Pages that are pinned just then may refuse to move; that the worker never keeps one is what is looked for.
    check(`${CYCLES - failed} of ${CYCLES} ranges were had`, failed <= CYCLES / 2, load.stderr),
    check(`${used} pages are in use in the end`, used === 0),
  ];
}

import type { ExecAnswer } from "../../base/exec.ts";
import { CONTROLS } from "../../host/controls.ts";
import { measured, skipped, type TestResult } from "../../ktap/result.ts";
import { checked, counter, number } from "../boot/answers.ts";
import { isOlderForm, nothingIsMissing } from "../boot/sum.ts";
import type { Scenario } from "../boot/test-host.ts";
import { fillPool, WORKER_FIRST } from "../boot/worker.ts";
import { type LifeHost, onLiveHost } from "./host.ts";

const TIMES = 1000;
const MIB_EACH = 64;
/** Each time all lists are gone through, and all CPUs wait for each other; emulated, some tenths of a second. */
const SWITCHING_MS = 1_800_000;
/** There as long as others are to use memory. */
const BUSY = "/run/switching";
/** On for so long that the worker, which hardly waits, can clear something in between. */
const SWITCH = `cd ${CONTROLS} && echo 10 > delay_millisecs && touch ${BUSY} || exit 1
use() { while [ -e ${BUSY} ]; do zerocheck ${MIB_EACH} 1 $1 || exit 1; done; }
use small & first=$!
use huge & second=$!
code=0 times=0
while [ $times -lt ${TIMES} ]; do
  echo 0 > enabled && echo 1 > enabled || { code=1; break; }
  { ${WORKER_FIRST}; } > /dev/null
  sleep 0.05
  times=$((times + 1))
done
rm ${BUSY}
wait $first || code=1
wait $second || code=1
echo 0 > enabled || code=1
echo $times
exit $code`;
/** The figures that CPUs keep for themselves included. */
const VMSTAT = "echo 1 > /proc/sys/vm/stat_refresh && cat /proc/vmstat";

export const switching: Scenario = {
  name: "switching",
  about: `the feature goes off and on ${TIMES} times while processes use memory, ten minutes`,
  run: ($, plan) => onLiveHost($, plan, "switching", {}, offAndOn),
};

/** @throws what the host's exec throws */
export async function offAndOn(host: LifeHost): Promise<TestResult[]> {
  const before = counter((await host.exec(VMSTAT)).stdout, "prezero_cleared");
  const load = await host.exec(SWITCH, SWITCHING_MS);
  const off = await host.exec(VMSTAT);
  const times = number(load.stdout);
  const cleared = counter(off.stdout, "prezero_cleared") - before;
  return [
    checked("what others have of memory meanwhile", load),
    measured("it went off and on", `${times} times`, times === TIMES),
    measured("something was cleared in between", `${cleared} pages`, cleared > 0),
    judgeOff(off),
    await fillPool(host),
    await nothingIsMissing(host.exec),
    await fillPool(host),
  ];
}

/** @param answer /proc/vmstat with the feature off */
function judgeOff({ stdout, stderr, exitCode }: ExecAnswer): TestResult {
  const name = "off, no memory is marked";
  if (exitCode === 0 && isOlderForm(stdout)) return skipped(name, "this kernel keeps what it has cleared");
  const [left, lost] = [counter(stdout, "nr_prezeroed"), counter(stdout, "prezero_lost_disabled")];
  const holds = exitCode === 0 && left === 0 && lost > 0;
  return measured(name, `${left} pages, ${lost} were forgotten`, holds, `${stdout}${stderr}`.trim());
}

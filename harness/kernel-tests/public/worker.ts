import type { Exec } from "../../base/exec.ts";
import type { TestResult } from "../../ktap/result.ts";
import { check } from "../step.ts";

const CONTROL = "/sys/kernel/mm/page_prezero";
/** Looks at all pages that are handed out as zero; starts soon, and before the load, which would leave it nothing to do. */
const START = `cd ${CONTROL} && echo 1 > verify && echo 100 > delay_millisecs && echo 1 > enabled &&
echo -20 > /sys/bus/workqueue/devices/page_prezero/nice && cat enabled verify`;

/** Starts the worker with the verifier on, ahead of everything else. @throws what the host's exec throws */
export async function startWorker(exec: Exec): Promise<TestResult> {
  const { stdout, stderr } = await exec(START);
  return check("the worker runs and the verifier is on", stdout === "1\n1\n", `${stdout}${stderr}`.trim());
}

/**
 * That the feature took part in what ran since, and that the verifier found every page as it should be.
 * @throws what the host's exec throws
 */
export async function workerTookPart(exec: Exec): Promise<TestResult[]> {
  const { stdout } = await exec("cat /proc/vmstat");
  const counter = (name: string) => Number(new RegExp(`^prezero_${name} (\\d+)$`, "m").exec(stdout)?.[1]);
  const [hits, misses, failed] = [counter("hit"), counter("miss"), counter("verify_failed")];
  const share = hits / (hits + misses);
  return [
    check(`${hits} pages came from the pool, ${(share * 100).toFixed(1)} % of those that needed zeroes`, hits > 0),
    check(`the verifier found ${failed} bad pages`, failed === 0, "pages that are not zero were handed out as zero"),
  ];
}

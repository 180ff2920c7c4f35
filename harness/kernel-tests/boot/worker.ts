import type { Exec } from "../../base/exec.ts";
import { CONTROLS, VERIFY } from "../../host/controls.ts";
import { check, measured, type TestResult } from "../../ktap/result.ts";
import { counter, number } from "./answers.ts";

/**
 * The worker is as polite as it can be, and a load that uses every CPU would leave it nothing to do: for a test it comes
 * first. A series that has no thread of its own for each node has a workqueue; either is there once it is enabled.
 */
export const WORKER_FIRST = `nice=/sys/bus/workqueue/devices/page_prezero/nice
if [ -e $nice ]; then echo -20 > $nice; else renice -n -20 -p $(grep -ls ^page_prezero/ /proc/[0-9]*/comm | cut -d/ -f3); fi`;

/** Everything that the worker says is zero is looked at. It starts soon. */
export const WORKER_ON = `cd ${CONTROLS} && echo 1 > ${VERIFY} && echo 100 > delay_millisecs && echo 1 > enabled &&
{ ${WORKER_FIRST}; } && cat enabled ${VERIFY} && cd /`;
/** No visit of the worker begins from here on, and one that was under way has ended. */
export const PAUSE = `echo 600000 > ${CONTROLS}/delay_millisecs`;
export const GO_ON = `echo 100 > ${CONTROLS}/delay_millisecs`;

/** Of free memory; what is in CMA, in pieces and below the watermarks stays as it is. */
const FULL_SHARE_PERCENT = 75;
const FULL_SECONDS = 60;
const FULL_MS = 240_000;
const WAIT_FOR_POOL = `end=$(($(cut -d. -f1 /proc/uptime) + ${FULL_SECONDS}))
while :; do
  set -- $(awk '/^nr_free_pages /{f=$2} /^nr_prezeroed /{z=$2} END {print z, f}' /proc/vmstat)
  [ $(($1 * 100)) -ge $(($2 * ${FULL_SHARE_PERCENT})) ] && break
  [ "$(cut -d. -f1 /proc/uptime)" -ge "$end" ] && break
  sleep 0.2
done
echo $(($1 * 100 / $2))`;

/** Switches worker and verifier on. @throws what the host's exec throws */
export async function startWorker(exec: Exec): Promise<TestResult> {
  const { stdout, stderr } = await exec(WORKER_ON);
  return check("the worker runs and the verifier is on", stdout === "1\n1\n", `${stdout}${stderr}`.trim());
}

/** Switches worker and verifier on and waits until nearly all free memory is zero. */
export async function fillPool({ exec }: { exec: Exec }): Promise<TestResult> {
  const on = await exec(WORKER_ON);
  const { stdout } = await exec(WAIT_FOR_POOL, FULL_MS);
  const percent = number(stdout);
  const full = on.exitCode === 0 && percent >= FULL_SHARE_PERCENT;
  return measured("the worker filled the pool", `${percent} % of free memory`, full, `${on.stderr}${stdout}`.trim());
}

/**
 * That the feature took part in what ran since, and that the verifier found every page as it should be.
 * @throws what the host's exec throws
 */
export async function workerTookPart(exec: Exec): Promise<TestResult[]> {
  const { stdout } = await exec("cat /proc/vmstat");
  const hits = counter(stdout, "prezero_hit");
  const share = hits / (hits + counter(stdout, "prezero_miss"));
  return [
    measured(
      "pages came from the pool",
      `${hits}, ${(share * 100).toFixed(1)} % of those that needed zeroes`,
      hits > 0,
    ),
    verifierFoundNothing(stdout),
  ];
}

/** @param vmstat text of /proc/vmstat; a kernel without the counter does not pass */
export function verifierFoundNothing(vmstat: string): TestResult {
  const bad = counter(vmstat, "prezero_verify_failed");
  const log = "pages that are not zero were handed out as zero";
  return measured("the verifier found no bad page", `${bad} bad pages`, bad === 0, log);
}

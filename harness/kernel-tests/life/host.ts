import type { Shell } from "../../base/shell.ts";
import type { TestHost, TestHostOptions } from "../../hosts.ts";
import type { Base } from "../../kernel/bases.ts";
import type { TestResult } from "../../ktap/result.ts";
import { type BootPlan, bootForTests } from "../boot.ts";
import { richKernel } from "../rich-kernel.ts";
import { check } from "../step.ts";
import { quiet } from "../stress.ts";
import { checked, counter, number } from "./answers.ts";

/** What a scenario needs to know of the tests that it is part of. */
export type LifePlan = BootPlan & {
  base: Base;
  /** For disk images and the like; removed afterwards. */
  scratch: string;
};

/** A scenario: its name, a few words on what happens, and its cases. */
export type Scenario = { name: string; about: string; run($: Shell, plan: LifePlan): Promise<TestResult[]> };

export type LifeHost = Pick<TestHost, "exec" | "complaints">;
export type LifeBoot = Partial<
  Pick<TestHostOptions, "memoryBytes" | "cpus" | "hardware" | "extraCmdline" | "programs" | "onConsole">
>;

export const SCENARIO_MS = 240_000;
/** Of free memory; what is in CMA, in pieces and below the watermarks stays as it is. */
const FULL_SHARE_PERCENT = 75;
const FULL_SECONDS = 60;
/** What is looked at in the end: half of the free memory of the smallest host or less. */
const LOOK_MIB = 192;

/** The worker goes first and starts soon, and everything that it says is zero is looked at. */
export const WORKER_ON = `cd /sys/kernel/mm/page_prezero && echo 1 > verify && echo 100 > delay_millisecs && echo 1 > enabled &&
echo -20 > /sys/bus/workqueue/devices/page_prezero/nice && cd /`;
const WAIT_FOR_POOL = `end=$(($(cut -d. -f1 /proc/uptime) + ${FULL_SECONDS}))
while :; do
  set -- $(awk '/^nr_free_pages /{f=$2} /^nr_prezeroed /{z=$2} END {print z, f}' /proc/vmstat)
  [ $(($1 * 100)) -ge $(($2 * ${FULL_SHARE_PERCENT})) ] && break
  [ "$(cut -d. -f1 /proc/uptime)" -ge "$end" ] && break
  sleep 0.2
done
echo $(($1 * 100 / $2))`;

/**
 * Boots the kernel of the series with what this life needs, its worker and its verifier on and its pool filled; runs
 * the scenario; and looks afterwards whether memory is what it should be.
 * @param name of the console's log
 * @throws what the boot and the host's exec throw
 */
export async function onLiveHost(
  $: Shell,
  plan: LifePlan,
  name: string,
  boot: LifeBoot,
  live: (host: TestHost) => Promise<TestResult[]>,
): Promise<TestResult[]> {
  await using host = await bootLife($, plan, name, boot);
  const before = await fillPool(host);
  // Awaited here: the host ends with this function.
  const cases = await live(host);
  return [before, ...cases, ...(await afterwards(host))];
}

/** Only the boot. @throws what {@link richKernel} and the boot throw */
export async function bootLife($: Shell, plan: LifePlan, name: string, boot: LifeBoot): Promise<TestHost> {
  const kernel = await richKernel($, plan.base, "prezero");
  return bootForTests($, plan, { ...kernel, variant: "prezero" }, `life-${name}`, boot);
}

/** Switches worker and verifier on and waits until nearly all free memory is zero. */
export async function fillPool(host: LifeHost): Promise<TestResult> {
  const on = await host.exec(WORKER_ON);
  const { stdout } = await host.exec(WAIT_FOR_POOL, SCENARIO_MS);
  const percent = number(stdout);
  const full = on.exitCode === 0 && percent >= FULL_SHARE_PERCENT;
  return check(`the worker filled the pool: ${percent} % of free memory`, full, `${on.stderr}${stdout}`.trim());
}

/** User memory is zero, the verifier is content, the pool was used, and the console is silent. */
export async function afterwards(host: LifeHost): Promise<TestResult[]> {
  const before = counter((await host.exec("cat /proc/vmstat")).stdout, "prezero_hit");
  const looked = [];
  for (const kind of ["small", "huge"]) {
    looked.push(checked(`afterwards, ${kind} pages`, await host.exec(`zerocheck ${LOOK_MIB} 1 ${kind}`, SCENARIO_MS)));
  }
  const vmstat = (await host.exec("cat /proc/vmstat")).stdout;
  const hits = counter(vmstat, "prezero_hit") - before;
  return [
    ...looked,
    check(`${hits} of these came from the pool`, hits > 0, vmstat),
    verifierContent(vmstat),
    await quiet(host),
  ];
}

/** @param vmstat text of /proc/vmstat */
export function verifierContent(vmstat: string): TestResult {
  const bad = counter(vmstat, "prezero_verify_failed");
  return check(`the verifier found ${bad} bad pages`, bad === 0);
}

import type { Shell } from "../../base/shell.ts";
import type { TestHost, TestHostOptions } from "../../hosts.ts";
import { measured, type TestResult } from "../../ktap/result.ts";
import { checked, counter } from "../boot/answers.ts";
import { bootTestHost, quiet, richKernel, type TestPlan } from "../boot/test-host.ts";
import { fillPool, verifierFoundNothing } from "../boot/worker.ts";

export type LifeHost = Pick<TestHost, "exec" | "complaints">;

export const SCENARIO_MS = 240_000;
/** What is looked at in the end: half of the free memory of the smallest host or less. */
const LOOK_MIB = 192;

/**
 * Boots the kernel of the series with what this life needs, its worker and its verifier on and its pool filled; runs
 * the scenario; and looks afterwards whether memory is what it should be.
 * @param name of the console's log
 * @throws what the boot and the host's exec throw
 */
export async function onLiveHost(
  $: Shell,
  plan: TestPlan,
  name: string,
  needs: Partial<TestHostOptions>,
  live: (host: TestHost) => Promise<TestResult[]>,
): Promise<TestResult[]> {
  await using host = await bootLife($, plan, name, needs);
  const before = await fillPool(host);
  // Awaited here: the host ends with this function.
  const cases = await live(host);
  return [before, ...cases, ...(await afterwards(host))];
}

/** Only the boot. @throws what {@link richKernel} and the boot throw */
export async function bootLife(
  $: Shell,
  plan: TestPlan,
  name: string,
  needs: Partial<TestHostOptions>,
): Promise<TestHost> {
  return bootTestHost($, plan, await richKernel($, plan.base, "prezero"), `life-${name}`, needs);
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
    measured("some of these came from the pool", `${hits} pages`, hits > 0, vmstat),
    verifierFoundNothing(vmstat),
    await quiet(host),
  ];
}

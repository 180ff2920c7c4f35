import { join } from "node:path";
import type { ExecAnswer } from "../../base/exec.ts";
import { GIB_BYTES } from "../../base/size.ts";
import { bootNestedHost } from "../../host/nested.ts";
import { ensureKernel } from "../../kernel/build.ts";
import type { TestResult } from "../../ktap/result.ts";
import { check } from "../step.ts";
import { quiet } from "../stress.ts";
import { checked, counter, number } from "./answers.ts";
import { fillPool, type LifeHost, type LifePlan, SCENARIO_MS, type Scenario, verifierContent } from "./host.ts";

const MEMORY_BYTES = GIB_BYTES / 2;
const CPUS = 2;
const PROCESSES = 4;
const ROUNDS = 6;
/** Left of what is available for page tables and the processes themselves: from here it is a few MiB to the edge. */
const LEFT_MIB = 10;
/** Steps of 1 MiB to the edge; what is between the watermarks is little more than one. */
const MAX_STEPS = 12;
/** What only counts when memory is short. Anonymous memory without swap is never scanned, but kswapd wakes up. */
const SIGNS = ["pageoutrun", "pgscan_kswapd", "pgscan_direct", "allocstall_normal", "allocstall_dma32"];

export const pressure: Scenario = {
  name: "memory pressure",
  about: "the same load at the edge of what fits, without and with the series",
  run: toTheEdge,
};

async function toTheEdge(plan: LifePlan): Promise<TestResult[]> {
  const without = await pressed(plan, "base", findEdge);
  const withSeries = await pressed(plan, "prezero", (host) => load(host, without.mib));
  return [...without.results, ...withSeries.results, ...judgePressure(without, withSeries)];
}

/** Memory of the processes together, what they said of it, and /proc/vmstat afterwards. */
type Loaded = { mib: number; answer: ExecAnswer; vmstat: string };
type Pressed = Loaded & { results: TestResult[] };

async function pressed(
  plan: LifePlan,
  variant: "base" | "prezero",
  press: (host: Pick<LifeHost, "exec">) => Promise<Loaded>,
): Promise<Pressed> {
  await using host = await bootNestedHost({
    kernel: { ...(await ensureKernel({ base: plan.base, variant })), variant },
    memoryBytes: MEMORY_BYTES,
    cpus: CPUS,
    accel: plan.accel,
    cpuModel: "max,-erms,-fsrm",
    device: "emulated",
    consoleLog: join(plan.logs, `life-pressure-${variant}.log`),
  });
  const pool = variant === "base" ? [] : [await fillPool(host)];
  const loaded = await press(host);
  const what = `${variant}: ${PROCESSES} processes with ${loaded.mib} MiB together`;
  return { ...loaded, results: [...pool, checked(what, loaded.answer), quiet(host)] };
}

/** The smallest load for which memory is short on this very host: a little more, and somebody is killed. */
export async function findEdge(host: Pick<LifeHost, "exec">): Promise<Loaded> {
  const first = (await availableMib(host)) - LEFT_MIB;
  let loaded = await load(host, first);
  for (let step = 1; step <= MAX_STEPS && shortages(loaded.vmstat) === 0; step++)
    loaded = await load(host, first + step);
  return loaded;
}

async function load(host: Pick<LifeHost, "exec">, mib: number): Promise<Loaded> {
  const each = Math.floor(mib / PROCESSES);
  const rest = mib - each * (PROCESSES - 1);
  const command = `for mib in ${rest}${` ${each}`.repeat(PROCESSES - 1)}; do zerocheck $mib ${ROUNDS} small & all="$all $!"; done
code=0; for one in $all; do wait $one || code=1; done; exit $code`;
  const answer = await host.exec(command, SCENARIO_MS);
  return { mib, answer, vmstat: (await host.exec("cat /proc/vmstat")).stdout };
}

async function availableMib(host: Pick<LifeHost, "exec">): Promise<number> {
  return number((await host.exec("awk '/^MemAvailable/{print int($2 / 1024)}' /proc/meminfo")).stdout);
}

/** Nobody is killed for a load that the kernel without the series survives, and it really was the edge. */
export function judgePressure(without: Pick<Pressed, "vmstat">, withSeries: Pick<Pressed, "vmstat">): TestResult[] {
  const [before, after] = [without, withSeries].map(({ vmstat }) => counter(vmstat, "oom_kill"));
  return [
    check(`killed for want of memory: ${before} without, ${after} with the series`, before === 0 && after === 0),
    check(
      `memory was short: ${shortages(without.vmstat)} and ${shortages(withSeries.vmstat)} looks for some`,
      shortages(without.vmstat) > 0 && shortages(withSeries.vmstat) > 0,
    ),
    verifierContent(withSeries.vmstat),
  ];
}

function shortages(vmstat: string): number {
  return SIGNS.reduce((sum, name) => sum + (counter(vmstat, name) || 0), 0);
}

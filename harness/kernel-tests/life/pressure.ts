import { join } from "node:path";
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
/** Left of what the kernel without the series has free: for page tables and the processes themselves, little more. */
const LEFT_MIB = 10;

export const pressure: Scenario = {
  name: "memory pressure",
  about: "the same load at the edge of what fits, without and with the series",
  run: toTheEdge,
};

async function toTheEdge(plan: LifePlan): Promise<TestResult[]> {
  const without = await pressed(plan, "base", undefined);
  const withSeries = await pressed(plan, "prezero", without.mibEach);
  return [...without.results, ...withSeries.results, ...judgePressure(without, withSeries)];
}

type Pressed = { mibEach: number; vmstat: string; results: TestResult[] };

/** @param mibEach memory of each process; the edge of this very host when undefined */
async function pressed(plan: LifePlan, variant: "base" | "prezero", mibEach: number | undefined): Promise<Pressed> {
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
  const each = mibEach ?? Math.floor(((await availableMib(host)) - LEFT_MIB) / PROCESSES);
  const command = `for n in $(seq ${PROCESSES}); do zerocheck ${each} ${ROUNDS} small & all="$all $!"; done
code=0; for one in $all; do wait $one || code=1; done; exit $code`;
  const load = await host.exec(command, SCENARIO_MS);
  const vmstat = (await host.exec("cat /proc/vmstat")).stdout;
  const results = [...pool, checked(`${variant}: ${PROCESSES} times ${each} MiB`, load), quiet(host)];
  return { mibEach: each, vmstat, results };
}

async function availableMib(host: Pick<LifeHost, "exec">): Promise<number> {
  return number((await host.exec("awk '/^MemAvailable/{print int($2 / 1024)}' /proc/meminfo")).stdout);
}

/** Nobody is killed for a load that the kernel without the series survives, and it really was the edge. */
export function judgePressure(without: Pick<Pressed, "vmstat">, withSeries: Pick<Pressed, "vmstat">): TestResult[] {
  const [before, after] = [without, withSeries].map(({ vmstat }) => counter(vmstat, "oom_kill"));
  const reclaimed = ["pgscan_kswapd", "pgscan_direct", "allocstall_normal", "allocstall_dma32"];
  const work = (vmstat: string) => reclaimed.reduce((sum, name) => sum + (counter(vmstat, name) || 0), 0);
  return [
    check(`killed for want of memory: ${before} without, ${after} with the series`, before === 0 && after === 0),
    check(
      `memory was short: ${work(without.vmstat)} and ${work(withSeries.vmstat)} looks for some`,
      work(without.vmstat) > 0 && work(withSeries.vmstat) > 0,
    ),
    verifierContent(withSeries.vmstat),
  ];
}

import type { ExecAnswer } from "../../base/exec.ts";
import type { Shell } from "../../base/shell.ts";
import { GIB_BYTES } from "../../base/size.ts";
import { VERIFIER_FRAGMENT } from "../../host/controls.ts";
import { measured, type TestResult } from "../../ktap/result.ts";
import { checked, counter, number } from "../boot/answers.ts";
import { bootTestHost, quiet, type Scenario, type TestPlan, testKernel } from "../boot/test-host.ts";
import { fillPool, verifierFoundNothing } from "../boot/worker.ts";
import { type LifeHost, SCENARIO_MS } from "./host.ts";

const MEMORY_BYTES = GIB_BYTES / 2;
const CPUS = 2;
const PROCESSES = 4;
const ROUNDS = 6;
/** Between two watermarks, in 1/10,000 of memory: wide enough to hit what is between them with processes. */
const WATERMARK_SCALE = 500;
/** Of the distance from the high watermark down to the lowest: near its end, where somebody is killed. */
const EDGE_SHARE = 0.85;
/** What only counts when memory is short. Anonymous memory without swap is never scanned, but kswapd wakes up. */
const SIGNS = ["pageoutrun", "pgscan_kswapd", "pgscan_direct", "allocstall_normal", "allocstall_dma32"];

export const pressure: Scenario = {
  name: "memory pressure",
  about: "the same load at the edge of what fits, without and with the series",
  run: toTheEdge,
};

async function toTheEdge($: Shell, plan: TestPlan): Promise<TestResult[]> {
  const without = await pressed($, plan, "base", async (host) => {
    const mib = await edgeMib(host);
    $.endDryRun("what comes next depends on the memory that is available");
    return load(host, mib);
  });
  const withSeries = await pressed($, plan, "prezero", (host) => load(host, without.mib));
  return [...without.results, ...withSeries.results, ...judgePressure(without, withSeries)];
}

/** Memory of the processes together, what they said of it, and /proc/vmstat afterwards. */
type Loaded = { mib: number; answer: ExecAnswer; vmstat: string };
type Pressed = Loaded & { results: TestResult[] };

async function pressed(
  $: Shell,
  plan: TestPlan,
  variant: "base" | "prezero",
  press: (host: Pick<LifeHost, "exec">) => Promise<Loaded>,
): Promise<Pressed> {
  const needs = { memoryBytes: MEMORY_BYTES, cpus: CPUS };
  const kernel = await testKernel($, plan.base, variant, [VERIFIER_FRAGMENT]);
  await using host = await bootTestHost($, plan, kernel, `life-pressure-${variant}`, needs);
  await host.exec(`echo ${WATERMARK_SCALE} > /proc/sys/vm/watermark_scale_factor`);
  const pool = variant === "base" ? [] : [await fillPool(host)];
  const loaded = await press(host);
  const looked = checked(`${variant}: ${PROCESSES} processes together`, loaded.answer);
  const found = `${loaded.mib} MiB, ${looked.found}`;
  return { ...loaded, results: [...pool, { ...looked, found }, await quiet(host)] };
}

/**
 * MiB of a load that leaves free memory between the lowest watermark, below which somebody is killed, and the one at which
 * the kernel begins to look for memory. What it calls available is what is above the high one.
 */
export async function edgeMib(host: Pick<LifeHost, "exec">): Promise<number> {
  const { stdout } = await host.exec(`awk '/^MemAvailable/{print int($2 / 1024)}' /proc/meminfo
awk '$1 == "min"{low += $2} $1 == "high"{high += $2} END{print int((high - low) / 256)}' /proc/zoneinfo`);
  const [available, range] = stdout.split("\n").map(number);
  return Math.floor((available ?? Number.NaN) + EDGE_SHARE * (range ?? Number.NaN));
}

async function load(host: Pick<LifeHost, "exec">, mib: number): Promise<Loaded> {
  const each = Math.floor(mib / PROCESSES);
  const rest = mib - each * (PROCESSES - 1);
  const command = `for mib in ${rest}${` ${each}`.repeat(PROCESSES - 1)}; do zerocheck $mib ${ROUNDS} small & all="$all $!"; done
code=0; for one in $all; do wait $one || code=1; done; exit $code`;
  const answer = await host.exec(command, SCENARIO_MS);
  return { mib, answer, vmstat: (await host.exec("cat /proc/vmstat")).stdout };
}

/** Nobody is killed for a load that the kernel without the series survives, and it really was the edge. */
export function judgePressure(without: Pick<Pressed, "vmstat">, withSeries: Pick<Pressed, "vmstat">): TestResult[] {
  const [before, after] = [without, withSeries].map(({ vmstat }) => counter(vmstat, "oom_kill"));
  return [
    measured(
      "nobody was killed for want of memory",
      `${before} without, ${after} with the series`,
      before === 0 && after === 0,
    ),
    measured(
      "memory was short",
      `reclaim counters: ${shortages(without.vmstat)} without, ${shortages(withSeries.vmstat)} with the series`,
      shortages(without.vmstat) > 0 && shortages(withSeries.vmstat) > 0,
    ),
    verifierFoundNothing(withSeries.vmstat),
  ];
}

function shortages(vmstat: string): number {
  return SIGNS.reduce((sum, name) => sum + (counter(vmstat, name) || 0), 0);
}

import { join } from "node:path";
import type { Shell } from "../base/shell.ts";
import { parseBenchOptions, prepareRun, startRun } from "../bench.ts";
import { findComplaints } from "../host/complaints.ts";
import { openHost } from "../hosts.ts";
import type { Base } from "../kernel/bases.ts";
import { check, measured, type TestResult } from "../ktap/result.ts";
import type { Sample } from "../run/sample.ts";
import { readSamples } from "../run/store.ts";
import { median } from "../stats/median.ts";

/** Of a VM's pages; a full pool gives more than 0.995, an empty one next to nothing. */
const LEAST_HIT_SHARE = 0.9;
const LEAST_POOL_SHARE = 0.9;
const OPTIONS = { arms: "base,prezero", thp: "on", memory: "1G", sweep: "none", boots: "2", rounds: "2" };

/**
 * A benchmark that is small enough for a test: base against prezero with huge pages, where the effect is several times
 * the noise of any machine. What it finds is a check that the whole works, never a result.
 * @param base what its kernels are made of; it may be configured in another way than the base of that name
 * @param resultsDir where the run's directory goes
 */
export async function smallBench($: Shell, base: Base, resultsDir: string): Promise<TestResult[]> {
  const options = { kernel: base.name, ...OPTIONS };
  const typed = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const parsed = parseBenchOptions(...typed);
  await using host = await openHost($, parsed.host);
  const prepared = { ...(await prepareRun(host, parsed)), bases: { own: base, of: () => base } };
  const runDir = await startRun($, prepared, typed, "test", resultsDir);
  return judgeBench(readSamples(runDir), await readConsoles($, join(runDir, "console")));
}

/** What must hold on any machine, whatever its speed. */
export function judgeBench(samples: Sample[], consoles: string[]): TestResult[] {
  const base = samples.filter(({ arm }) => arm === "base");
  const prezero = samples.filter(({ arm }) => arm === "prezero");
  const seconds = (of: Sample[]) => (of.length === 0 ? Number.NaN : median(of.map((sample) => sample.seconds)));
  const hits = sum(prezero.map((sample) => sample.hitPages));
  const hitShare = hits / (hits + sum(prezero.map((sample) => sample.missPages)));
  const levels = prezero.map(({ poolBefore }) => (poolBefore ? poolBefore.zeroedPages / poolBefore.freePages : 0));
  const lowest = Math.min(...levels, ...(prezero.length === 0 ? [0] : []));
  const workerSeconds = sum(prezero.map((sample) => sample.workerCpuSeconds));
  const complaints = consoles.flatMap(findComplaints);
  return [
    measured(
      "creating a VM is faster with the pool",
      `${seconds(prezero).toFixed(2)} s against ${seconds(base).toFixed(2)} s`,
      seconds(prezero) < seconds(base),
      samples.map(({ arm, boot, round, seconds }) => `${arm} boot ${boot} round ${round}: ${seconds} s`).join("\n"),
    ),
    measured("the pool was full before", percent(lowest), lowest >= LEAST_POOL_SHARE),
    measured("the VM's memory came out of it", `${percent(hitShare)} of the pages`, hitShare >= LEAST_HIT_SHARE),
    measured("the worker's cost is counted", `${workerSeconds.toFixed(2)} CPU seconds`, workerSeconds > 0),
    check("the consoles have no complaint", complaints.length === 0, complaints.map(({ text }) => text).join("\n")),
  ];
}

async function readConsoles({ files }: Shell, dir: string): Promise<string[]> {
  return Promise.all((await files.list(dir)).map((name) => files.readText(join(dir, name))));
}

function sum(values: (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

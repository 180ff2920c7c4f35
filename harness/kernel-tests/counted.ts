import { join } from "node:path";
import type { Shell } from "../base/shell.ts";
import { GIB_BYTES } from "../base/size.ts";
import { countedRun } from "../host/counted-run.ts";
import { compileStatic } from "../host/programs.ts";
import type { BuiltKernel } from "../kernel/built-kernel.ts";
import type { TestResult } from "../ktap/result.ts";
import { COST_STAND_IN, type Cost, judgeCost, parseCost } from "./cost.ts";
import { judgeLockHold, LOCK_HOLD_STAND_IN, parseLockHold, symbolFinder } from "./lock-hold.ts";

/** With string instructions that TCG counts byte by byte, and without: clearing is most of the one, little of the other. */
const CPU_MODELS = ["max", "max,-erms,-fsrm"];
const COST_MIB = 256;
const COST_BYTES = GIB_BYTES;
const RUN_MS = 600_000;

/** The memory that is cut into pieces, and that of the machine, bytes. */
type Fragments = { mib: number; memoryBytes: number };
export const LARGE_FRAGMENTS: Fragments = { mib: 12 * 1024, memoryBytes: 16 * GIB_BYTES };
/** Clearing counts little here, so that what is counted is the walk. */
const FAST_CLEAR = "max,-erms,-fsrm";

const initsDir = join(import.meta.dirname, "../host/inits");

/**
 * Instructions for allocating and freeing base pages, on base and on the series.
 * @throws what {@link countedRun} and {@link parseCost} throw
 */
export async function costWhenOff(
  $: Shell,
  base: BuiltKernel,
  prezero: BuiltKernel,
  scratch: string,
): Promise<TestResult[]> {
  const program = await compileStatic($, join(initsDir, "allocost.c"), scratch);
  const count = async (kernel: BuiltKernel, setting: Cost["setting"], cpuModel: string) => {
    const machine = { imagePath: kernel.imagePath, memoryBytes: COST_BYTES, cpuModel, timeoutMs: RUN_MS };
    const run = { ...machine, program, args: [String(COST_MIB), setting], standIn: COST_STAND_IN };
    return parseCost(await countedRun($, run));
  };
  const results: TestResult[] = [];
  for (const cpuModel of CPU_MODELS) {
    const costs = {
      base: await count(base, "off", cpuModel),
      again: await count(base, "off", cpuModel),
      off: await count(prezero, "off", cpuModel),
      empty: await count(prezero, "empty", cpuModel),
      full: await count(prezero, "full", cpuModel),
      disabled: await count(prezero, "disabled", cpuModel),
    };
    results.push(...judgeCost(cpuModel, costs));
  }
  return results;
}

/**
 * How long the worker keeps others waiting on fragmented memory, with min_order 0 and 9.
 * @param kernel built with trace.config
 * @throws what {@link countedRun} and {@link parseLockHold} throw
 */
export async function lockHold(
  $: Shell,
  kernel: BuiltKernel,
  fragments: Fragments,
  scratch: string,
): Promise<TestResult[]> {
  const program = await compileStatic($, join(initsDir, "lockhold.c"), scratch);
  const symbolAt = symbolFinder(await $.files.readText(join(kernel.dir, "System.map"), ""));
  const { mib, memoryBytes } = fragments;
  const machine = { imagePath: kernel.imagePath, memoryBytes, cpuModel: FAST_CLEAR, timeoutMs: RUN_MS };
  const results: TestResult[] = [];
  for (const minOrder of ["0", "9"]) {
    const run = { ...machine, program, args: [minOrder, String(mib)], standIn: LOCK_HOLD_STAND_IN };
    results.push(...judgeLockHold(parseLockHold(await countedRun($, run)), symbolAt));
  }
  return results;
}

import { max, mean, min, sum } from "simple-statistics";
import { arms } from "../bench/arms.ts";
import { type ArmName, armNames, type Sample } from "../bench/sample.ts";
import { median } from "../stats/median.ts";
import type { ArmTotal, Cost } from "./summary.ts";

/** The values that were counted; empty on a kernel or in an arm that counts nothing. */
function counted(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

/**
 * What the rounds of one arm in one configuration cost.
 * @param poolThreshold share (0 to 1) below which a round is counted as begun with a pool that was not full
 */
export function costOf(samples: readonly Sample[], poolThreshold: number): Cost {
  const hits = sum(counted(samples.map((sample) => sample.hitPages)));
  const requests = hits + sum(counted(samples.map((sample) => sample.missPages)));
  const levels = samples.flatMap(({ arm, poolBefore }) =>
    // A pool nobody fills (series never enabled) has no level to speak of.
    poolBefore === null || !arms[arm].pooled ? [] : [poolBefore.zeroedPages / Math.max(1, poolBefore.freePages)],
  );
  const refills = counted(samples.map((sample) => sample.refillSeconds));
  const worker = counted(samples.map((sample) => sample.workerCpuSeconds));
  const hugeShares = counted(samples.map((sample) => sample.hugeShare));
  const qemu = counted(samples.map((sample) => sample.cpuSeconds));
  return {
    hitRate: requests === 0 ? null : hits / requests,
    poolBefore: levels.length === 0 ? null : { min: min(levels), median: median(levels) },
    roundsBelowThreshold: levels.filter((level) => level < poolThreshold).length,
    hugeShare: hugeShares.length === 0 ? null : { min: min(hugeShares), median: median(hugeShares) },
    refillSeconds: refills.length === 0 ? null : { median: median(refills), max: max(refills) },
    workerCpuSeconds: worker.length === 0 ? null : mean(worker),
    qemuCpuSeconds: qemu.length === 0 ? null : mean(qemu),
  };
}

/** CPU time per arm over whole boots, base first: what the gain cost the machine. */
export function totalsOf(samples: readonly Sample[]): ArmTotal[] {
  const arms = Map.groupBy(samples, (sample) => sample.arm);
  return armNames.flatMap((arm) => {
    const own = arms.get(arm);
    return own === undefined ? [] : [totalOf(arm, own)];
  });
}

function totalOf(arm: ArmName, samples: readonly Sample[]): ArmTotal {
  const boots = new Set(samples.map((sample) => sample.boot)).size;
  const worker = counted(samples.map((sample) => sample.workerCpuSeconds));
  return {
    arm,
    boots,
    creations: samples.length,
    hostCpuSeconds: sum(samples.map((sample) => sample.hostCpuSeconds)) / boots,
    workerCpuSeconds: worker.length === 0 ? null : sum(worker) / boots,
    refillSeconds: sum(counted(samples.map((sample) => sample.refillSeconds))) / boots,
  };
}

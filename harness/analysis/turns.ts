import type { RunRecord } from "../run/record.ts";
import type { CpuUse, RefillCurve, Sample } from "../run/sample.ts";

/** A wait until the pool was full. */
export type Fill = { seconds: number; curve: RefillCurve };

/** One round and what came before and after it. */
export type Turn = {
  sample: Sample;
  /** Whether its host zeroes in the background. */
  pooled: boolean;
  /** Whether it is the first of its boot, so that `before` is the first fill of the pool. */
  first: boolean;
  /** Null where nothing was waited for. */
  before: Fill | null;
  /** The refill that this round made necessary; null where nothing was waited for, or not measured. */
  after: Fill | null;
  /** CPU time between the round and the next one, or the end of the boot; null where it is not known. */
  cpuAfter: CpuUse | null;
};

const NOTHING_USED: CpuUse = { workerSeconds: null, hostSeconds: 0 };

/** The rounds of each boot in their order: what one costs is known only when the pool is full again. */
export function turnsOf(run: RunRecord, samples: readonly Sample[]): Turn[] {
  return [...Map.groupBy(samples, (sample) => sample.boot).values()].flatMap((boot) =>
    boot.map((sample, i) => {
      const next = boot[i + 1];
      const pooled = run.arms[sample.arm]?.pooled === true;
      const last = run.boots.find((record) => record.boot === sample.boot)?.lastRefill ?? null;
      return {
        sample,
        pooled,
        first: i === 0,
        before: fillBefore(sample),
        after: next === undefined ? last && { seconds: last.seconds, curve: last.refill } : fillBefore(next),
        cpuAfter: next === undefined ? (pooled ? (last?.cpu ?? null) : NOTHING_USED) : next.cpuBefore,
      };
    }),
  );
}

/**
 * CPU time of one round from a full pool to a full pool again: what it measures, its end, the refill. Null in records
 * that do not tell these apart, and where an arm with a pool did not wait for it.
 */
export function turnCpu({ sample, pooled, after, cpuAfter }: Turn): CpuUse | null {
  const { cpuBefore, workerCpuSeconds, hostCpuSeconds } = sample;
  if (cpuBefore === null || cpuAfter === null || (pooled && after === null)) return null;
  return {
    workerSeconds:
      workerCpuSeconds === null
        ? null
        : workerCpuSeconds - (cpuBefore.workerSeconds ?? 0) + (cpuAfter.workerSeconds ?? 0),
    hostSeconds: hostCpuSeconds - cpuBefore.hostSeconds + cpuAfter.hostSeconds,
  };
}

function fillBefore({ refillSeconds, refill }: Sample): Fill | null {
  return refillSeconds === null ? null : { seconds: refillSeconds, curve: refill };
}

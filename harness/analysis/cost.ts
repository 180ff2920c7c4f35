import { max, mean, min, sum } from "simple-statistics";
import { type ArmName, inTableOrder, onSameKernel } from "../run/arm-name.ts";
import type { RunRecord } from "../run/record.ts";
import type { CpuUse, PoolPages, Sample } from "../run/sample.ts";
import { median } from "../stats/median.ts";
import type { ArmTotal, Cost, Effect, Waits } from "./figures.ts";
import type { Summary } from "./summary.ts";
import { type Turn, turnCpu } from "./turns.ts";

/** The values that were counted; empty on a kernel or in an arm that counts nothing. */
function counted(values: readonly (number | null | undefined)[]): number[] {
  return values.filter((value) => value !== null && value !== undefined);
}

/** Null without values. */
export function waitsOf(seconds: readonly number[]): Waits | null {
  return seconds.length === 0 ? null : { median: median(seconds), max: max([...seconds]) };
}

/**
 * What the rounds of one arm in one configuration cost.
 * @param poolThreshold share (0 to 1) below which a round is counted as begun with a pool that was not full
 */
export function costOf(turns: readonly Turn[], poolThreshold: number): Cost {
  const samples = turns.map((turn) => turn.sample);
  const hits = sum(counted(samples.map((sample) => sample.hitPages)));
  const requests = hits + sum(counted(samples.map((sample) => sample.missPages)));
  const levels = turns.flatMap(({ pooled, sample: { poolBefore } }) =>
    // A pool nobody fills (series never enabled) has no level to speak of.
    poolBefore === null || !pooled ? [] : [poolBefore.zeroedPages / Math.max(1, poolBefore.freePages)],
  );
  const worker = counted(samples.map((sample) => sample.workerCpuSeconds));
  const hugeShares = counted(samples.map((sample) => sample.hugeShare));
  const qemu = counted(samples.map((sample) => sample.cpuSeconds));
  return {
    hitRate: requests === 0 ? null : hits / requests,
    poolBefore: levels.length === 0 ? null : { min: min(levels), median: median(levels) },
    roundsBelowThreshold: levels.filter((level) => level < poolThreshold).length,
    hugeShare: hugeShares.length === 0 ? null : { min: min(hugeShares), median: median(hugeShares) },
    waitSeconds: waitsOf(counted(turns.map((turn) => turn.before?.seconds))),
    refillSeconds: waitsOf(counted(turns.map((turn) => turn.after?.seconds))),
    cpu: meanCpu(turns.map(turnCpu)),
    workerCpuSeconds: worker.length === 0 ? null : mean(worker),
    qemuCpuSeconds: qemu.length === 0 ? null : mean(qemu),
  };
}

/** Null when it is not known of each. */
function meanCpu(uses: readonly (CpuUse | null)[]): CpuUse | null {
  const known = uses.filter((use) => use !== null);
  if (known.length < uses.length) return null;
  const worker = counted(known.map((use) => use.workerSeconds));
  return {
    workerSeconds: worker.length === 0 ? null : mean(worker),
    hostSeconds: mean(known.map((use) => use.hostSeconds)),
  };
}

/** CPU time per arm over whole boots, base first: what the gain cost the machine. */
export function totalsOf(run: RunRecord, turns: readonly Turn[]): ArmTotal[] {
  const byArm = Map.groupBy(turns, (turn) => turn.sample.arm);
  return inTableOrder(run.settings.arms).flatMap((arm) => {
    const own = byArm.get(arm);
    return own === undefined ? [] : [totalOf(run, arm, own)];
  });
}

function totalOf(run: RunRecord, arm: ArmName, turns: readonly Turn[]): ArmTotal {
  const samples = turns.map((turn) => turn.sample);
  const numbers = new Set(samples.map((sample) => sample.boot));
  const lasts = run.boots.filter(({ boot }) => numbers.has(boot)).map((boot) => boot.lastRefill);
  const waits = counted(samples.map((sample) => sample.refillSeconds));
  const measured = lasts.filter((last) => last !== null);
  const toFullPool = run.arms[arm]?.pooled !== true || measured.length === lasts.length;
  const added = toFullPool ? measured : [];
  const perBoot = (values: readonly number[]): number => sum([...values]) / numbers.size;
  const worker = counted(samples.map((sample) => sample.workerCpuSeconds));
  return {
    arm,
    boots: numbers.size,
    creations: samples.length,
    hostCpuSeconds: perBoot([
      ...samples.map((sample) => sample.hostCpuSeconds),
      ...added.map((last) => last.cpu.hostSeconds),
    ]),
    workerCpuSeconds:
      worker.length === 0 ? null : perBoot([...worker, ...counted(added.map((last) => last.cpu.workerSeconds))]),
    pages: meanPages(samples, numbers.size),
    waitSeconds: perBoot([...waits, ...added.map((last) => last.seconds)]),
    firstFillSeconds: waitsOf(counted(turns.filter((turn) => turn.first).map((turn) => turn.before?.seconds))),
    toFullPool,
  };
}

/** Mean per boot; null when it is not known of each round. Losses are told when they were in each. */
function meanPages(samples: readonly Sample[], boots: number): PoolPages | null {
  const known = samples.map((sample) => sample.poolPages).filter((pages) => pages !== null);
  if (known.length < samples.length) return null;
  const perBoot = (count: (pages: PoolPages) => number): number => sum(known.map(count)) / boots;
  const causes = new Set(known.flatMap(({ lost }) => Object.keys(lost ?? {})));
  return {
    cleared: perBoot((pages) => pages.cleared),
    hit: perBoot((pages) => pages.hit),
    miss: perBoot((pages) => pages.miss),
    wasted: perBoot((pages) => pages.wasted),
    lost: known.some(({ lost }) => lost === null)
      ? null
      : Object.fromEntries([...causes].map((cause) => [cause, perBoot(({ lost }) => lost?.[cause] ?? 0)])),
  };
}

/** What an effect cost in CPU time of the host under test, as a multiple of base. */
export type CpuPrice = {
  /** What it is the CPU time of: a round, from a full pool to a full pool again, or a whole boot with all its rounds. */
  of: "round" | "boot";
  ratioOf(effect: Effect): number | null;
};

/**
 * CPU time for one round where the run tells it; runs from before the refills were told apart know that of whole boots
 * only. Null where it is no price: a program with a limit watches until something happens, and what it spends is spent on
 * watching.
 */
export function cpuPrice(
  { run, totals }: Pick<Summary, "run" | "totals">,
  effects: readonly Effect[],
): CpuPrice | null {
  if (run.settings.measure?.limitSeconds !== undefined) return null;
  if (effects.every((effect) => effect.cpuRatio !== null)) return { of: "round", ratioOf: (effect) => effect.cpuRatio };
  const secondsOf = (arm: string): number | undefined => totals.find((total) => total.arm === arm)?.hostCpuSeconds;
  return {
    of: "boot",
    ratioOf: ({ armName }) => {
      const [base, arm] = [secondsOf(onSameKernel(armName, "base")), secondsOf(armName)];
      return base === undefined || arm === undefined ? null : arm / base;
    },
  };
}

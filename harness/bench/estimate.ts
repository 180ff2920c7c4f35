import { GIB_BYTES } from "../base/size.ts";
import type { ArmName } from "../run/arm-name.ts";
import { programSeconds } from "../run/measure.ts";
import type { PlannedBoot, Settings, Step } from "../run/record.ts";
import type { HostAccelerator, Sample, Thp } from "../run/sample.ts";
import { armOf } from "./arms.ts";

/** What an estimate depends on beside the plan. */
export type Work = Pick<Settings, "accelerator" | "conditions" | "measure">;

/** Seconds that the parts of a boot take; only for the ETA and for choosing default sizes, never for a result. */
type Costs = {
  /** Host up until it answers, and down again. */
  bootSeconds: number;
  /** Around one creation: QEMU's start, tearing the VM down, the device becoming free. */
  roundSeconds: number;
  createSecondsPerGib: Record<Thp, number>;
  /** The same from a full zero pool. */
  createPooledSecondsPerGib: Record<Thp, number>;
  /** The worker's delay, and what it clears in the time. */
  refillSeconds: number;
  refillSecondsPerGib: number;
  teardownSecondsPerGib: number;
  /** A guest from its first instruction to user space. */
  guestSeconds: number;
};

/** The times of the RFC (64 GiB on a Xeon, THP off 24 -> 10.5 s, on 16 -> 1.9 s) a GiB, and a worker of 2 GiB/s. */
const KVM: Costs = {
  bootSeconds: 8,
  roundSeconds: 2,
  createSecondsPerGib: { off: 0.38, on: 0.25, "mthp-64k": 0.28 },
  createPooledSecondsPerGib: { off: 0.17, on: 0.03, "mthp-64k": 0.05 },
  refillSeconds: 1.5,
  refillSecondsPerGib: 0.5,
  teardownSecondsPerGib: 0.05,
  guestSeconds: 1,
};
/** Measured with `-cpu max` on the slowest two-core virtual machine that we met; others need two thirds. */
const TCG: Costs = {
  bootSeconds: 14,
  roundSeconds: 2.5,
  createSecondsPerGib: { off: 6.5, on: 4.3, "mthp-64k": 5 },
  createPooledSecondsPerGib: { off: 2.7, on: 0.3, "mthp-64k": 0.7 },
  refillSeconds: 4,
  refillSecondsPerGib: 2.5,
  teardownSecondsPerGib: 1.2,
  guestSeconds: 4,
};
/** A server's firmware takes minutes; otherwise it is no slower than KVM on it. */
const COSTS: Readonly<Record<HostAccelerator, Costs>> = { kvm: KVM, tcg: TCG, none: { ...KVM, bootSeconds: 180 } };

/** Seconds until a host is up, and down again. */
export function estimateUpAndDownSeconds(accelerator: HostAccelerator): number {
  return COSTS[accelerator].bootSeconds;
}

/** Seconds one boot of the plan is likely to take. */
export function estimateBootSeconds(boot: Pick<PlannedBoot, "arm" | "steps">, work: Work): number {
  const steps = boot.steps.map((step) => step.rounds * estimateRoundSeconds(step, boot.arm, work));
  const last = boot.steps.at(-1);
  const lastRefill = last !== undefined && armOf(boot.arm).pooled ? refillSeconds(last, work) : 0;
  return estimateUpAndDownSeconds(work.accelerator) + steps.reduce((sum, seconds) => sum + seconds, 0) + lastRefill;
}

/** Seconds a whole plan is likely to take. */
export function estimateSeconds(plan: readonly Pick<PlannedBoot, "arm" | "steps">[], work: Work): number {
  return plan.reduce((sum, boot) => sum + estimateBootSeconds(boot, work), 0);
}

/**
 * Seconds one round is likely to take, with the wait for the pool, and of VMs their end and those that come before them.
 */
export function estimateRoundSeconds(step: Pick<Step, "thp" | "memoryBytes">, arm: ArmName, work: Work): number {
  const costs = COSTS[work.accelerator];
  const { vms, pool, until } = work.conditions;
  const refill = armOf(arm).pooled ? refillSeconds(step, work) : 0;
  if (work.measure !== null) return refill + programSeconds(work.measure, step.memoryBytes, work.accelerator);
  const gib = (vms * step.memoryBytes) / GIB_BYTES;
  const guests = until === "user-space" ? vms * costs.guestSeconds : 0;
  const around = costs.roundSeconds + costs.teardownSecondsPerGib * gib + guests;
  const dirty = around + costs.createSecondsPerGib[step.thp] * gib;
  if (pool === "none") return 2 * dirty;
  if (!armOf(arm).pooled) return dirty;
  return around + refill + costs.createPooledSecondsPerGib[step.thp] * gib;
}

/** Until the pool is full again after a round of that size. */
function refillSeconds({ memoryBytes }: Pick<Step, "memoryBytes">, { accelerator, conditions }: Work): number {
  const costs = COSTS[accelerator];
  return costs.refillSeconds + (costs.refillSecondsPerGib * conditions.vms * memoryBytes) / GIB_BYTES;
}

/** The machine's pace is taken from what it did beyond this much, so that the first boot does not decide alone. */
const PRIOR_SECONDS = 20;

/**
 * Follows a run through its plan. The remaining time is the plan's estimate, corrected by how this machine has kept to
 * it since the run was started or resumed.
 */
export class Eta {
  readonly #work: Work;
  readonly #totalSeconds: number;
  readonly #resumedAtSeconds: number;
  readonly #startedMs: number;
  /** Estimated seconds of the boots that are finished, and of what is done of the current one. */
  #doneSeconds: number;
  #currentSeconds = 0;

  constructor(plan: readonly PlannedBoot[], finished: readonly PlannedBoot[], work: Work, nowMs: number) {
    this.#work = work;
    this.#totalSeconds = estimateSeconds(plan, work);
    this.#doneSeconds = estimateSeconds(finished, work);
    this.#resumedAtSeconds = this.#doneSeconds;
    this.#startedMs = nowMs;
  }

  hostUp(): void {
    this.#currentSeconds = estimateUpAndDownSeconds(this.#work.accelerator);
  }

  roundTaken(sample: Pick<Sample, "thp" | "memoryBytes" | "arm">): void {
    this.#currentSeconds += estimateRoundSeconds(sample, sample.arm, this.#work);
  }

  bootFinished(planned: PlannedBoot): void {
    this.#doneSeconds += estimateBootSeconds(planned, this.#work);
    this.#currentSeconds = 0;
  }

  /** Share of the plan that is done (0 to 1), and the time that the rest is likely to take. */
  at(nowMs: number): { share: number; leftMs: number } {
    const done = this.#doneSeconds + this.#currentSeconds;
    const elapsedSeconds = (nowMs - this.#startedMs) / 1000;
    const here = done - this.#resumedAtSeconds;
    const pace = here > 0 ? (elapsedSeconds + PRIOR_SECONDS) / (here + PRIOR_SECONDS) : 1;
    return { share: done / this.#totalSeconds, leftMs: (this.#totalSeconds - done) * pace * 1000 };
  }
}

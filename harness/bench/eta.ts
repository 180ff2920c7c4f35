import { estimateBootSeconds, estimateSeconds } from "./estimate.ts";
import type { PlannedBoot } from "./run-record.ts";
import type { Accelerator } from "./sample.ts";

/**
 * Follows a run through its plan. The remaining time is the plan's estimate, corrected by how this machine has kept to
 * it since the run was started or resumed.
 */
export class Eta {
  readonly #accelerator: Accelerator;
  readonly #totalSeconds: number;
  readonly #resumedAtSeconds: number;
  readonly #startedMs: number;
  #doneSeconds: number;
  #current: { seconds: number; rounds: number; taken: number } | undefined;

  constructor(plan: readonly PlannedBoot[], finished: readonly PlannedBoot[], accelerator: Accelerator, nowMs: number) {
    this.#accelerator = accelerator;
    this.#totalSeconds = estimateSeconds(plan, accelerator);
    this.#doneSeconds = estimateSeconds(finished, accelerator);
    this.#resumedAtSeconds = this.#doneSeconds;
    this.#startedMs = nowMs;
  }

  bootStarted(planned: PlannedBoot): void {
    const rounds = planned.steps.reduce((sum, step) => sum + step.rounds, 0);
    this.#current = { seconds: estimateBootSeconds(planned, this.#accelerator), rounds, taken: 0 };
  }

  roundTaken(): void {
    if (this.#current) this.#current.taken += 1;
  }

  bootFinished(): void {
    this.#doneSeconds += this.#current?.seconds ?? 0;
    this.#current = undefined;
  }

  /** Share of the plan that is done (0 to 1), and the time that the rest is likely to take. */
  at(nowMs: number): { share: number; leftMs: number } {
    // Booting and shutting down count as one more round, so that the last sample of a boot is not yet its end.
    const current = this.#current ? (this.#current.seconds * this.#current.taken) / (this.#current.rounds + 1) : 0;
    const done = this.#doneSeconds + current;
    const here = done - this.#resumedAtSeconds;
    const pace = here > 0 ? (nowMs - this.#startedMs) / 1000 / here : 1;
    return { share: done / this.#totalSeconds, leftMs: (this.#totalSeconds - done) * pace * 1000 };
  }
}

import type { PlannedBoot } from "../run/record.ts";
import type { Sample } from "../run/sample.ts";
import {
  estimateBootSeconds,
  estimateRoundSeconds,
  estimateSeconds,
  estimateUpAndDownSeconds,
  type Work,
} from "./estimate.ts";

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

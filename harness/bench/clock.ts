import { setTimeout as sleepMs } from "node:timers/promises";
import { interruptSignal, throwIfInterrupted } from "../base/interrupt.ts";

/** Time as the bench sees it; tests pass a clock that they advance themselves. */
export type Clock = {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Waits. @throws InterruptedError on Ctrl-C */
  sleep(ms: number): Promise<void>;
};

export const realClock: Clock = {
  nowMs: () => Date.now(),
  async sleep(ms) {
    await sleepMs(ms, undefined, { signal: interruptSignal }).catch(() => {});
    throwIfInterrupted("measuring");
  },
};

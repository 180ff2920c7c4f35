import { setTimeout as sleepMs } from "node:timers/promises";
import { throwIfInterrupted } from "../base/interrupt.ts";

/** Time as the bench sees it; tests pass a clock that they advance themselves. */
export type Clock = {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Waits. @throws InterruptedError on Ctrl-C */
  sleep(ms: number): Promise<void>;
};

/** This machine's clock, whose waits end with an interrupt. */
export function realClock(signal: AbortSignal): Clock {
  return {
    nowMs: () => Date.now(),
    async sleep(ms) {
      await sleepMs(ms, undefined, { signal }).catch(() => {});
      throwIfInterrupted(signal, "measuring");
    },
  };
}

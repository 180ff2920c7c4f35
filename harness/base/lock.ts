import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { InfrastructureError } from "./errors.ts";
import { interruptSignal, throwIfInterrupted } from "./interrupt.ts";

const RETRY_MS = 500;
/** A holder touches its lock this often; one that was killed does not, and after so long the next one takes it. */
const TOUCH_MS = 3_000;
const STALE_MS = 20_000;

/**
 * Runs `work` while holding the lock `path` (a directory made and removed here), one holder per machine.
 * @param onWait called once when another run holds the lock
 * @throws InterruptedError on Ctrl-C while waiting; InfrastructureError LOCK_LOST when this process stood still for so
 *   long that another took the lock
 */
export async function withLock<T>(path: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  const release = await acquire(path, onWait, () => lost.reject(lockLost(path)));
  try {
    return await Promise.race([work(), lost.promise]);
  } finally {
    // A lock that was lost or removed by hand cannot be given back.
    await release().catch(() => {});
  }
}

function lockLost(path: string): InfrastructureError {
  return new InfrastructureError({
    code: "LOCK_LOST",
    message: `Another run took the lock ${path} while this one stood still`,
    remedy: "Run the same command again; it goes on from what is there.",
  });
}

async function acquire(path: string, onWait: () => void, onLost: () => void): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt++) {
    throwIfInterrupted(`waiting for ${path}`);
    try {
      const timing = { stale: STALE_MS, update: TOUCH_MS };
      return await lock(path, { lockfilePath: path, realpath: false, ...timing, onCompromised: onLost });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
      if (attempt === 0) onWait();
      await sleep(RETRY_MS, undefined, { signal: interruptSignal }).catch(() => {});
    }
  }
}

import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { lock } from "proper-lockfile";
import { interruptSignal, throwIfInterrupted } from "./interrupt.ts";

const RETRY_MS = 500;
/** A holder that was killed stops touching its lock; after this long the next one takes it. */
const STALE_MS = 15_000;

/**
 * Runs `work` while holding the lock `path` (a directory made and removed here), one holder per machine.
 * @param onWait called once when another run holds the lock
 * @throws InterruptedError on Ctrl-C while waiting
 */
export async function withLock<T>(path: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const release = await acquire(path, onWait);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function acquire(path: string, onWait: () => void): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt++) {
    throwIfInterrupted(`waiting for ${path}`);
    try {
      return await lock(path, { lockfilePath: path, realpath: false, stale: STALE_MS });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
      if (attempt === 0) onWait();
      await sleep(RETRY_MS, undefined, { signal: interruptSignal }).catch(() => {});
    }
  }
}

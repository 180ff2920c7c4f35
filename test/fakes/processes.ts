import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/** Whether a process runs; a zombie that nobody has waited for does not. */
export function isAlive(pid: number | undefined): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** Polls until the condition holds; false when the deadline passes first. */
export async function eventually(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const endMs = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > endMs) return false;
    await setTimeout(50);
  }
  return true;
}

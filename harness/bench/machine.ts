import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { InfrastructureError } from "../base/errors.ts";
import type { Shell } from "../base/shell.ts";
import type { Machine } from "../run/record.ts";

/** The machine this runs on, as the run's record keeps it. */
export async function readMachine($: Shell): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cpus: Math.max(1, cpus().length),
    memoryBytes: totalmem(),
    virtualisation: await detectVirtualisation($),
  };
}

/** Memory that programs can still get without swapping (MemAvailable), bytes. */
export function availableMemoryBytes(meminfo = readFileSync("/proc/meminfo", "utf8")): number {
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  if (kib !== undefined) return Number(kib) * 1024;
  throw new InfrastructureError({
    code: "MEMINFO_UNREADABLE",
    message: "/proc/meminfo has no MemAvailable",
    remedy: "Run on Linux 3.14 or later with /proc mounted.",
  });
}

/** systemd-detect-virt prints `none` on bare metal; a machine without the tool counts as unknown, which is null too. */
async function detectVirtualisation($: Shell): Promise<string | null> {
  const answer = await $({ okExitCodes: [0, 1] }).ask`systemd-detect-virt --vm`.catch(() => undefined);
  const name = answer?.stdout.trim();
  return name === undefined || name === "" || name === "none" ? null : name;
}

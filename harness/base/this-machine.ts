import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { InfrastructureError } from "./errors.ts";
import type { Shell } from "./shell.ts";

/** The machine that the harness runs on. What the host is made of, the host itself tells (host/host.ts). */
export type ThisMachine = {
  /** Model as /proc/cpuinfo names it, like the microcode's revision. */
  cpu: string;
  microcode: string;
  cpus: number;
  memoryBytes: number;
  /** Hypervisor as systemd-detect-virt names it (`kvm`, `microsoft`, ...); null on bare metal. */
  virtualisation: string | null;
};

export async function readThisMachine($: Shell): Promise<ThisMachine> {
  const microcode = /^microcode\s*:\s*(.+)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1];
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    microcode: microcode?.trim() ?? "unknown",
    cpus: Math.max(1, cpus().length),
    memoryBytes: totalmem(),
    virtualisation: await detectVirtualisation($),
  };
}

/** Memory of this machine that programs can still get without swapping (MemAvailable), bytes. */
export function availableHereBytes(meminfo = readFileSync("/proc/meminfo", "utf8")): number {
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

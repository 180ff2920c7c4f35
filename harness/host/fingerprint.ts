import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import type { Fingerprint } from "../run/sample.ts";

/** The machine's own part of a fingerprint: CPU model and microcode as /proc/cpuinfo names them, CPUs, memory. */
export function machineFingerprint(): Pick<
  Fingerprint,
  "machineCpu" | "machineMicrocode" | "machineCpus" | "machineMemoryBytes"
> {
  const cpuinfo = readFileSync("/proc/cpuinfo", "utf8");
  const field = (name: string) => new RegExp(`^${name}\\s*:\\s*(.+)$`, "m").exec(cpuinfo)?.[1]?.trim();
  return {
    machineCpu: field("model name") ?? "unknown",
    machineMicrocode: field("microcode") ?? "unknown",
    machineCpus: cpus().length,
    machineMemoryBytes: totalmem(),
  };
}

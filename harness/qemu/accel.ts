import { createHash } from "node:crypto";
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { UsageError } from "../base/errors.ts";
import { cacheDir } from "../base/paths.ts";
import { run } from "../base/process.ts";
import type { Accelerator } from "../bench/sample.ts";
import { EXIT_CODE, EXIT_PORT, probeBootSector } from "./probe-guest.ts";
import { RuntimeDir } from "./runtime-dir.ts";

export const accelChoices = ["auto", "kvm", "tcg"] as const;
export type AccelChoice = (typeof accelChoices)[number];

const KVM = "/dev/kvm";
const PROBE_DEADLINE_MS = 5_000;

const probeSchema = z.object({ usable: z.boolean(), reason: z.string() });
export type KvmProbe = z.infer<typeof probeSchema>;

/**
 * Whether KVM can run a guest here at a usable speed. Opening /dev/kvm proves nothing: a tiny guest is run against a
 * deadline. The answer is kept until the machine boots again or another QEMU is installed.
 */
export async function probeKvm(program = "qemu-system-x86_64"): Promise<KvmProbe> {
  const cached = cacheFile(program);
  try {
    return probeSchema.parse(JSON.parse(readFileSync(cached, "utf8")));
  } catch {
    const probe = await runProbe(program);
    mkdirSync(dirname(cached), { recursive: true });
    writeFileAtomic(cached, JSON.stringify(probe));
    return probe;
  }
}

/** @throws UsageError KVM_UNUSABLE when KVM is asked for and does not work here */
export async function chooseAccelerator(choice: AccelChoice, program?: string): Promise<Accelerator> {
  if (choice === "tcg") return "tcg";
  const probe = await probeKvm(program);
  if (probe.usable) return "kvm";
  if (choice === "auto") return "tcg";
  throw new UsageError({
    code: "KVM_UNUSABLE",
    message: `KVM cannot be used on this machine: ${probe.reason}`,
    remedy: "Use --accel tcg (slow, but works everywhere) or a machine with working (nested) virtualization.",
  });
}

async function runProbe(program: string): Promise<KvmProbe> {
  try {
    accessSync(KVM, constants.R_OK | constants.W_OK);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return {
      usable: false,
      reason: missing ? `there is no ${KVM}` : `${KVM} may not be opened by this user (group kvm)`,
    };
  }
  using directory = new RuntimeDir();
  const image = directory.file("probe.img");
  writeFileSync(image, probeBootSector());
  const machine = ["-machine", "pc", "-accel", "kvm", "-cpu", "host", "-m", "64M"];
  const startedMs = Date.now();
  const finished = await run(
    "timeout",
    [
      ...["--signal=KILL", String(PROBE_DEADLINE_MS / 1000), program],
      ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", ...machine],
      ...["-drive", `file=${image},format=raw,if=ide`, "-device", `isa-debug-exit,iobase=${EXIT_PORT},iosize=1`],
    ],
    { okExitCodes: Array.from({ length: 256 }, (_, code) => code).concat(-1) },
  );
  const tookMs = Date.now() - startedMs;
  if (finished.exitCode === EXIT_CODE) return { usable: true, reason: `a tiny guest ran in ${tookMs} ms` };
  if (tookMs >= PROBE_DEADLINE_MS) {
    return { usable: false, reason: `${KVM} opens, but a tiny guest did not end within ${PROBE_DEADLINE_MS / 1000} s` };
  }
  const words = finished.stderr.trim().split("\n")[0] ?? "";
  return {
    usable: false,
    reason: `${KVM} opens, but a tiny guest could not run: ${words || `exit code ${finished.exitCode}`}`,
  };
}

function cacheFile(program: string): string {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const key = createHash("sha256").update(`${boot}\n${program}\n`).update(probeBootSector());
  return cacheDir("probe", `kvm-${key.digest("hex").slice(0, 16)}.json`);
}

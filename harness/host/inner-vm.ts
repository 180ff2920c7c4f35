import { z } from "zod";
import { InfrastructureError } from "../base/errors.ts";
import type { Exec } from "../base/exec.ts";
import { shellQuote } from "../base/quote.ts";
import { GIB_BYTES, MIB_BYTES } from "../base/size.ts";
import type { Thp } from "../bench/sample.ts";
import type { VfioBinding } from "../vfio/bind.ts";
import { waitUntilFree } from "../vfio/group.ts";
import type { VmCreation } from "./host.ts";
import { hugeShare } from "./huge-share.ts";

const PIDFILE = "/run/prezero-vm.pid";
/** Deadlines: a fixed part, and one for each GiB that is cleared and pinned, or given back. */
const CREATE_BASE_MS = 60_000;
const CREATE_PER_GIB_MS = 30_000;
const DESTROY_BASE_MS = 60_000;
const DESTROY_PER_GIB_MS = 10_000;

/** What the guest program vmtime prints. */
const timingSchema = z.object({
  seconds: z.number().positive(),
  cpuSeconds: z.number(),
  pid: z.int(),
  exitCode: z.int(),
});

export type InnerVm = { memoryBytes: number; device: VfioBinding; thp: Thp };

/**
 * Creates a VM with the assigned device on the host, times it, and destroys it. The VM is created stopped (-S): its
 * memory is allocated, cleared, pinned and mapped for the device, but it does not run.
 * @param whenReady runs between the VM's creation and its end; not timed
 * @throws InfrastructureError VM_CREATE with QEMU's words, GROUP_BUSY, VM_STUCK
 */
export async function createVm(exec: Exec, vm: InnerVm, whenReady?: () => Promise<void>): Promise<VmCreation> {
  const command = shellQuote(["vmtime", "qemu-system-x86_64", ...innerVmArgs(vm)]);
  const gib = vm.memoryBytes / GIB_BYTES;
  const answer = await exec(`ulimit -l unlimited; ${command}`, CREATE_BASE_MS + gib * CREATE_PER_GIB_MS);
  const timing = parseTiming(answer.stdout);
  if (timing === undefined || timing.exitCode !== 0 || timing.pid === 0) {
    throw new InfrastructureError({
      code: "VM_CREATE",
      message: `The measured VM could not be created (exit code ${timing?.exitCode ?? answer.exitCode})`,
      detail: `${answer.stdout}${answer.stderr}`.trim(),
      reproducer: command,
      remedy: "Read what QEMU printed; run the command by hand on the host (npm run shell).",
    });
  }
  await whenReady?.();
  const share = await hugeShare(exec, timing.pid, vm.thp);
  await destroyVm(exec, timing.pid, DESTROY_BASE_MS + gib * DESTROY_PER_GIB_MS);
  await waitUntilFree(exec, vm.device.group, DESTROY_BASE_MS);
  return { seconds: timing.seconds, cpuSeconds: timing.cpuSeconds, hugeShare: share };
}

/** Arguments of the measured VM's QEMU. */
export function innerVmArgs(vm: { memoryBytes: number; device: Pick<VfioBinding, "address"> }): string[] {
  const { memoryBytes, device } = vm;
  return [
    ...["-S", "-daemonize", "-pidfile", PIDFILE, "-nodefaults", "-no-user-config", "-display", "none"],
    ...["-machine", "q35", "-accel", "kvm", "-cpu", "max", "-m", `${memoryBytes / MIB_BYTES}M`],
    ...["-device", `vfio-pci,host=${device.address}`],
  ];
}

function parseTiming(stdout: string): z.infer<typeof timingSchema> | undefined {
  try {
    return timingSchema.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
  } catch {
    return undefined;
  }
}

async function destroyVm(exec: Exec, pid: number, timeoutMs: number): Promise<void> {
  const seconds = Math.ceil(timeoutMs / 1000);
  const { stdout } = await exec(
    `kill -KILL ${pid}; end=$(($(cut -d. -f1 /proc/uptime) + ${seconds}))
while [ -e /proc/${pid} ] && [ "$(cut -d. -f1 /proc/uptime)" -lt "$end" ]; do sleep 0.05; done
rm -f ${PIDFILE}; [ -e /proc/${pid} ] && cat /proc/${pid}/status`,
    timeoutMs + 10_000,
  );
  if (stdout.trim() === "") return;
  throw new InfrastructureError({
    code: "VM_STUCK",
    message: `The measured VM (process ${pid}) did not end within ${seconds} s after it was killed`,
    detail: stdout.trim(),
    remedy: "The kernel under test is stuck giving memory back: see the host's console log.",
  });
}

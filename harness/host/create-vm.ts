import { InfrastructureError } from "../base/errors.ts";
import type { Exec, ExecAnswer } from "../base/exec.ts";
import { shellQuote } from "../base/quote.ts";
import { GIB_BYTES } from "../base/size.ts";
import type { Until } from "../run/conditions.ts";
import type { Thp } from "../run/sample.ts";
import { type VfioBinding, waitUntilFree } from "../vfio/bind.ts";
import { guestArgs, guestBootSeconds, ON_EMULATED_SVM, untilUserSpace } from "../vm/guest-boot.ts";
import { type VmMemory, vmMemoryArgs } from "../vm/memory.ts";
import type { Timeline } from "../vm/phases.ts";
import { isComplete, parseTimings, readTimeline, secondsToLast, type Timing } from "../vm/timing.ts";
import { traceArgs } from "../vm/trace.ts";
import type { VmCreation } from "./host.ts";
import { hugeShare, releaseHugePages, reserveHugePages } from "./huge-pages.ts";

/** Deadlines: a fixed part, and one for each GiB that is cleared and pinned, or given back. */
const CREATE_BASE_MS = 60_000;
const CREATE_PER_GIB_MS = 30_000;
const DESTROY_BASE_MS = 60_000;
const DESTROY_PER_GIB_MS = 10_000;

/** VMs that are alike but for their device. */
export type Vms = {
  /** Of each. */
  memoryBytes: number;
  memory: VmMemory;
  until: Until;
  /** CPUs of the host, and whether QEMU emulates them. */
  cpus: number;
  isEmulated: boolean;
  thp: Thp;
  /** One VM for each. */
  devices: readonly VfioBinding[];
};

/**
 * Creates VMs at the same time, each with its device, times it, and destroys them. Unless their guests are to boot they
 * are created stopped (-S): their memory is allocated, cleared, pinned and mapped for the device, but they do not run.
 * Huge pages that they need are reserved before, outside the time.
 * @param whenReady runs between the creation and the end; not timed
 * @throws InfrastructureError VM_CREATE with QEMU's words, GUEST_SILENT with the guest's, HUGE_PAGES, GROUP_BUSY,
 * VM_STUCK
 */
export async function createVms(exec: Exec, vms: Vms, whenReady?: () => Promise<void>): Promise<VmCreation> {
  const { devices } = vms;
  const bytes = vms.memoryBytes * devices.length;
  const gib = bytes / GIB_BYTES;
  const reserveSeconds = vms.memory === "hugetlb" ? await reserveHugePages(exec, bytes) : null;
  const each = devices.map((device) => creationCommand(vms, device));
  const command = each.length === 1 ? `${each[0]}` : `${each.map((one) => `${one} &`).join(" ")} wait`;
  const bootSeconds = vms.until === "user-space" ? guestBootSeconds(vms.memoryBytes) : 0;
  const timeoutMs = CREATE_BASE_MS + gib * CREATE_PER_GIB_MS + bootSeconds * 1000;
  const answer = await exec(`ulimit -l unlimited; ${command}`, timeoutMs);
  const timings = parseTimings(answer.stdout);
  const failed = timings.find((timing) => timing.exitCode !== 0 || timing.pid === 0);
  if (failed !== undefined || timings.length < devices.length) {
    // In the background QEMU says what is wrong where it writes its trace.
    const { stdout: said } = await exec(`grep -hv '^[0-9]*@' ${fileOf("*", "trace")}`);
    throw new InfrastructureError({
      code: "VM_CREATE",
      message: `The measured VM could not be created (exit code ${failed?.exitCode ?? answer.exitCode})`,
      detail: `${answer.stdout}${answer.stderr}${said}`.trim(),
      reproducer: command,
      remedy: "Read what QEMU printed; run the command by hand on the host (npm run shell).",
    });
  }
  const pids = timings.map((timing) => timing.pid);
  const end = async () => {
    await destroyVms(exec, pids, DESTROY_BASE_MS + gib * DESTROY_PER_GIB_MS);
    for (const { group } of devices) await waitUntilFree(exec, group, DESTROY_BASE_MS);
    if (reserveSeconds !== null) await releaseHugePages(exec);
  };
  const created = timings.filter(isComplete);
  if (created.length < timings.length) {
    await end();
    throw silentGuest(command, answer, bootSeconds);
  }
  await whenReady?.();
  const timeline = await timelineOf(exec, vms, created);
  const share = await hugeShare(exec, pids, vms.thp);
  await end();
  const cpuSeconds = timings.reduce((sum, timing) => sum + timing.cpuSeconds, 0);
  return { seconds: secondsToLast(created), cpuSeconds, hugeShare: share, timeline, reserveSeconds };
}

/** Command that creates one VM and prints its timing. */
function creationCommand(vms: Vms, device: VfioBinding): string {
  const until = vms.until === "user-space" ? untilUserSpace(fileOf(device.address, "serial"), vms.memoryBytes) : [];
  return shellQuote(["vmtime", ...until, "qemu-system-x86_64", ...vmArgs(vms, device)]);
}

/** Arguments of a measured VM's QEMU. */
export function vmArgs(
  vm: Pick<Vms, "memoryBytes" | "memory" | "until" | "cpus" | "isEmulated">,
  { address }: Pick<VfioBinding, "address">,
): string[] {
  const { args, machine } = vmMemoryArgs(vm.memory, vm.memoryBytes, vm.cpus);
  const care = vm.until === "user-space" && vm.isEmulated ? ON_EMULATED_SVM : { machine: [], cpu: [] };
  return [
    ...(vm.until === "ready" ? ["-S"] : []),
    ...["-daemonize", "-pidfile", fileOf(address, "pid"), "-nodefaults", "-no-user-config", "-display", "none"],
    ...["-machine", ["q35", ...machine, ...care.machine].join(","), "-accel", "kvm"],
    ...["-cpu", ["max", ...care.cpu].join(","), ...args],
    ...["-device", `vfio-pci,host=${address}`, ...traceArgs(fileOf(address, "trace"))],
    ...(vm.until === "user-space" ? guestArgs(fileOf(address, "serial")) : []),
  ];
}

/** A file on the host that belongs to the VM with that device. */
function fileOf(address: string, kind: "pid" | "trace" | "serial"): string {
  return `/run/prezero-vm-${address}.${kind}`;
}

/** The timeline of a VM that was created alone: those of several overlap, and their parts would not add up. */
async function timelineOf(exec: Exec, vms: Vms, timings: readonly Timing[]): Promise<Timeline | null> {
  const [timing, ...others] = timings;
  const [device] = vms.devices;
  if (timing === undefined || device === undefined || others.length > 0) return null;
  const { stdout } = await exec(`cat ${fileOf(device.address, "trace")}`);
  return readTimeline(timing, stdout, vms.until);
}

function silentGuest(command: string, { stdout, stderr }: ExecAnswer, seconds: number): InfrastructureError {
  return new InfrastructureError({
    code: "GUEST_SILENT",
    message: `The measured VM was created, but its guest was not in user space ${seconds} s later`,
    detail: `${stdout}${stderr}`.trim(),
    reproducer: command,
    remedy: "Read what the guest printed; run the command by hand on the host (npm run shell).",
  });
}

async function destroyVms(exec: Exec, pids: readonly number[], timeoutMs: number): Promise<void> {
  const seconds = Math.ceil(timeoutMs / 1000);
  const { stdout } = await exec(
    `kill -KILL ${pids.join(" ")}; end=$(($(cut -d. -f1 /proc/uptime) + ${seconds}))
for pid in ${pids.join(" ")}; do
while [ -e /proc/$pid ] && [ "$(cut -d. -f1 /proc/uptime)" -lt "$end" ]; do sleep 0.05; done
[ -e /proc/$pid ] && cat /proc/$pid/status
done
rm -f /run/prezero-vm-*`,
    timeoutMs + 10_000,
  );
  if (stdout.trim() === "") return;
  throw new InfrastructureError({
    code: "VM_STUCK",
    message: `The measured VM (process ${pids.join(", ")}) did not end within ${seconds} s after it was killed`,
    detail: stdout.trim(),
    remedy: "The kernel under test is stuck giving memory back: see the host's console log.",
  });
}

import type { Accelerator, HostClock } from "../run/sample.ts";
import { addedArgs, type Hardware, memoryArgs } from "./hardware.ts";

/** The nested host, as QEMU is told of it. */
export type QemuHost = {
  kernelImage: string;
  initrd: string;
  /** Added to the kernel's command line. */
  extraCmdline: string;
  memoryBytes: number;
  cpus: number;
  accel: Accelerator;
  /** `instructions` needs TCG; time when absent. */
  clock?: HostClock;
  /** Model for -cpu, for example `max` or `max,-erms,-fsrm`. */
  cpuModel: string;
  /** How the harness talks to QEMU; undefined for a person at a terminal. */
  control: HostControl | undefined;
  /** What it has beside. */
  hardware?: Hardware;
};

export type HostControl = {
  /** Unix sockets to which QEMU connects. */
  qmpSocket: string;
  consoleSocket: string;
};

/** Slot of the root bus with the first emulated device; more follow it. */
const EMULATED_DEVICE_SLOT = 0x10;
/** Model of the emulated device. */
export const EMULATED_DEVICE_MODEL = "e1000e";
/**
 * One thread for all CPUs: before 8.1 QEMU may translate code that another CPU is just patching and keep what it saw.
 * Linux patches its static keys whenever a VM comes or goes, and dies of a left-over int3 now and then.
 */
const TCG = "tcg,thread=single";

/** 2^0 ns an instruction; while all CPUs are idle the clock goes on as the machine's does. */
const COUNT = ["-icount", "shift=0"];

/** Where the emulated devices sit: function 0 of a slot of the root bus each, so each in an IOMMU group of its own. */
export function emulatedDeviceAddresses(count = 1): string[] {
  return Array.from({ length: count }, (_, i) => `0000:00:${(EMULATED_DEVICE_SLOT + i).toString(16)}.0`);
}

/** Arguments for qemu-system-x86_64 (without the program's name). */
export function hostArgs(vm: QemuHost): string[] {
  const { args, machine } = memoryArgs(vm.memoryBytes, vm.cpus, vm.hardware ?? {});
  // A CPU shares its caches with those of its socket only, and these are of one node.
  const sockets = vm.hardware?.nodes === undefined ? "" : `,sockets=${vm.hardware.nodes}`;
  const irqchip = `kernel-irqchip=${vm.accel === "kvm" ? "split" : "off"}`;
  return [
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    // Interrupt remapping needs the irqchip in user space: all of it under TCG, the IOAPIC under KVM.
    ...["-machine", ["q35", ...machine, irqchip].join(",")],
    ...["-accel", vm.accel === "tcg" ? TCG : "kvm"],
    ...(vm.clock === "instructions" ? COUNT : []),
    ...["-cpu", vm.cpuModel, "-smp", `${vm.cpus}${sockets}`, ...args],
    ...["-kernel", vm.kernelImage, "-initrd", vm.initrd, "-append", kernelCmdline(vm.extraCmdline)],
    ...controlArgs(vm.control),
    // caching-mode lets vfio on the host see its mappings reach the emulated device.
    ...["-device", "intel-iommu,caching-mode=on,intremap=on"],
    // Port 0: the kernel picks a free one, `info usernet` tells which.
    ...["-netdev", "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22"],
    ...["-device", "virtio-net-pci,netdev=net,romfile="],
    ...["-object", "rng-random,id=rng,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=rng"],
    ...emulatedDeviceAddresses(vm.hardware?.assignable).flatMap(assignableArgs),
    ...addedArgs(vm.hardware ?? {}),
  ];
}

function assignableArgs(address: string, index: number): string[] {
  const id = `assigned${index || ""}`;
  const at = address.slice("0000:00:".length);
  return [
    ...["-netdev", `user,id=${id},restrict=on`],
    ...["-device", `${EMULATED_DEVICE_MODEL},netdev=${id},addr=${at},romfile=`],
  ];
}

function controlArgs(control: HostControl | undefined): string[] {
  if (control === undefined) return ["-serial", "mon:stdio"];
  const { qmpSocket, consoleSocket } = control;
  return [
    ...["-chardev", `socket,id=console,path=${consoleSocket}`, "-serial", "chardev:console"],
    ...["-chardev", `socket,id=qmp,path=${qmpSocket}`, "-mon", "chardev=qmp,mode=control"],
  ];
}

/**
 * A dead kernel must end the VM at once (panic=-1 with -no-reboot) instead of leaving it to a deadline; loglevel 5 keeps
 * warnings on the console and leaves out the chatter that makes a boot slow. The timer is not checked against a loop that
 * waits for it, which fails, and panics with interrupt remapping, when this machine gives an emulated CPU no time.
 */
function kernelCmdline(extra: string): string {
  return `console=ttyS0 panic=-1 oops=panic intel_iommu=on iommu=pt no_timer_check loglevel=5 ${extra}`.trim();
}

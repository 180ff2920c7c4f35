import type { ExecAnswer } from "../base/exec.ts";
import { MIB_BYTES } from "../base/size.ts";
import type { AccelChoice } from "../qemu.ts";
import type { Until } from "../run/conditions.ts";
import type { Machine, Settings } from "../run/record.ts";
import type { Fingerprint, HostClock, KernelVariant, Thp } from "../run/sample.ts";
import type { VmMemory } from "../vm/memory.ts";
import type { Timeline } from "../vm/phases.ts";
import type { Complaint } from "./complaints.ts";
import type { ProgramAnswer } from "./measured-program.ts";

/** Sizes of VMs are whole multiples of this, so that huge pages of 2 MiB tile them; nothing smaller is worth timing. */
export const VM_STEP_BYTES = 256 * MIB_BYTES;

/** What the user wants the host to be; undefined leaves it to the host. */
export type HostWish = {
  accel: AccelChoice;
  clock: HostClock;
  cpuModel: string | undefined;
  cpus: number | undefined;
  device: string;
  /** VMs at a time, each of which needs a device. */
  vms: number;
  /** Bytes, where its memory does not depend on the VMs. */
  memoryBytes?: number;
};

/** What the host is in a run: kept in run.json, and the same in each boot. */
export type HostSetting = Pick<
  Settings,
  "host" | "device" | "accelerator" | "clock" | "cpuModel" | "hostCpus" | "hostMemoryBytes"
>;

/** What a host can be of what was wished. */
export type HostOffer = {
  /** All but its memory, which depends on the VMs. */
  setting: Omit<HostSetting, "hostMemoryBytes">;
  room: VmRoom;
  /** Whether it is made for one boot and thrown away after it: nothing else boots what is `throwaway`. */
  isThrowaway: boolean;
  /** The hardware below: this machine for a host that is made here. */
  machine: Machine;
  qemuVersion: string;
};

/** Memory for VMs; sizes in bytes. */
export interface VmRoom {
  /** Largest VM of which so many fit at a time; 0 when not even the smallest does. */
  largestVmBytes(vms: number): number;
  /** Memory that the host has when its VMs have so much together. */
  hostMemoryBytes(vmsBytes: number): number;
  /** @throws UsageError MEMORY_DOES_NOT_FIT naming the largest that does */
  assertFits(bytes: number, fitting: Fitting): void;
}

/**
 * What has to fit: VMs at a time, or the size of a program, which needs as much beside it; and the option that it is
 * from, null where it can no longer be chosen.
 */
export type Fitting = { vms: number; what: "VM" | "size"; option: "--memory" | "--sweep" | null };

/** A kernel that a host can boot, as the build pipeline describes it. */
export type BootKernel = {
  imagePath: string;
  release: string;
  imageSha256: string;
  configSha256: string;
  variant: KernelVariant;
};

/** What a boot is like, whatever the kernel. */
export type BootSetting = {
  setting: HostSetting;
  /** Added to the kernel's command line. */
  commandLine: string;
  /** So many VMs at a time: as many devices are bound to vfio-pci. */
  vms: number;
  /** The kernel must not boot where anybody else's data is, and looks for the mark of a host that is thrown away. */
  throwaway: boolean;
};

export type BootRequest = BootSetting & {
  kernel: BootKernel;
  /** Image of the kernel for VMs that are to run; null where none is. */
  guestKernel: string | null;
  /** File for all that the kernel prints on its console. */
  consoleLog: string;
  /** Told what is printed there, as it comes. */
  onConsole?: (text: string) => void;
};

/**
 * A machine that boots kernels under test: nested in QEMU, or real. A run opens one, asks what it can be, and boots it for
 * each arm. Closing it gives back what was changed on it.
 */
export interface Host extends AsyncDisposable {
  /**
   * Finds out what it can be, before anything is built for it.
   * @throws UsageError for a wish that it cannot fulfil, naming what is allowed
   */
  examine(wish: HostWish): Promise<HostOffer>;
  /** Boots a kernel. It is that one which runs afterwards, and no other, with our programs on the path. */
  boot(request: BootRequest): Promise<BootedHost>;
}

/** VMs that are created at the same time, all alike. */
export type VmRequest = {
  /** Of each. */
  memoryBytes: number;
  memory: VmMemory;
  count: number;
  /** When they count as created. */
  until: Until;
};

/** What a creation on the host took until the last VM was ready; times in seconds, CLOCK_MONOTONIC of the host. */
export type VmCreation = {
  seconds: number;
  cpuSeconds: number;
  hugeShare: number;
  /** Reserving huge pages before, not part of `seconds`; null where none are. */
  reserveSeconds: number | null;
  /** Null when QEMU's trace did not tell all of it, and of several VMs, whose phases overlap. */
  timeline: Timeline | null;
};

/** A host with its kernel up and reachable. Disposing it ends everything that runs there, and the boot. */
export interface BootedHost extends AsyncDisposable {
  readonly fingerprint: Fingerprint;
  /** Memory that VMs can have here in all, bytes. */
  readonly largestVmBytes: number;
  /** Runs a shell command; a non-zero exit is the caller's to judge. Throws InfrastructureError when the host is gone. */
  exec(command: string, timeoutMs?: number): Promise<ExecAnswer>;
  /** Like exec, with the output passed on as it comes. @returns the exit code */
  stream(command: string, onOutput: (chunk: Buffer, isError: boolean) => void, timeoutMs: number): Promise<number>;
  /** Connects this terminal to a shell there until that ends. @returns its exit code */
  shell(): Promise<number>;
  /** Sets transparent huge pages for what is measured next. */
  setThp(thp: Thp): Promise<void>;
  /**
   * Creates VMs with a device assigned to each, times it, destroys them and waits until the devices are free again.
   * @param whenReady runs between the creation and the end; not timed
   */
  createVms(request: VmRequest, whenReady?: () => Promise<void>): Promise<VmCreation>;
  /**
   * Runs a program that measures something itself.
   * @param command for the host's shell
   */
  runProgram(command: string, timeoutMs: number): Promise<ProgramAnswer>;
  /** Everything that the kernel has complained about since it booted, also what is not fatal. */
  complaints(): Promise<Complaint[]>;
}

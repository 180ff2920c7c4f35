import type { ExecAnswer } from "../base/exec.ts";
import type { Fingerprint, Thp } from "../bench/sample.ts";

/** Answer of a command run on the host under test. */
export type HostAnswer = ExecAnswer;

/** What one VM creation on the host took; times in seconds, CLOCK_MONOTONIC of the host. */
export type VmCreation = { seconds: number; cpuSeconds: number; hugeShare: number };

/**
 * The machine whose kernel is under test, booted and reachable: nested in QEMU or real over ssh. Disposing it stops
 * everything it started and gives back what it changed.
 */
export interface Host extends AsyncDisposable {
  readonly fingerprint: Fingerprint;
  /** Runs a shell command; a non-zero exit is the caller's to judge. Throws InfrastructureError when the host is gone. */
  exec(command: string, timeoutMs?: number): Promise<HostAnswer>;
  /** Sets transparent huge pages for the VMs created next. */
  setThp(thp: Thp): Promise<void>;
  /**
   * Creates a VM of that size with the assigned device, times it, destroys it and waits until the device is free again.
   * @param whenReady runs between the VM's creation and its end; not timed
   */
  createVm(memoryBytes: number, whenReady?: () => Promise<void>): Promise<VmCreation>;
  /** Largest VM that can be created here, bytes. */
  readonly largestVmBytes: number;
}

import type { ExecAnswer } from "../base/exec.ts";
import type { Until } from "../run/conditions.ts";
import type { Fingerprint, Thp } from "../run/sample.ts";
import type { VmMemory } from "../vm/memory.ts";
import type { Timeline } from "../vm/phases.ts";
import type { ProgramAnswer } from "./measured-program.ts";

/** Answer of a command run on the host under test. */
export type HostAnswer = ExecAnswer;

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

/**
 * The machine whose kernel is under test, booted and reachable: nested in QEMU or real over ssh. Disposing it stops
 * everything it started and gives back what it changed.
 */
export interface Host extends AsyncDisposable {
  readonly fingerprint: Fingerprint;
  /** Runs a shell command; a non-zero exit is the caller's to judge. Throws InfrastructureError when the host is gone. */
  exec(command: string, timeoutMs?: number): Promise<HostAnswer>;
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
  /** Memory that VMs can have here in all, bytes. */
  readonly largestVmBytes: number;
}

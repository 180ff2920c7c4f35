import { InfrastructureError } from "../base/errors.ts";
import type { ExecAnswer } from "../base/exec.ts";
import { GIB_BYTES, MIB_BYTES } from "../base/size.ts";
import { InstructionCheck, TimeCheck } from "../host/clock-check.ts";
import type { Complaint } from "../host/complaints.ts";
import { createVms } from "../host/create-vm.ts";
import type { BootedHost, VmCreation, VmRequest } from "../host/host.ts";
import { measuredProgram, type ProgramAnswer } from "../host/measured-program.ts";
import { setThp } from "../host/thp.ts";
import { scaledMs } from "../qemu/launch.ts";
import type { Fingerprint, Thp } from "../run/sample.ts";
import type { VfioBinding } from "../vfio/bind.ts";
import { explainFailure } from "./failure.ts";
import type { RunningMachine } from "./start-machine.ts";

const EXEC_MS = 30_000;
/** A host that does not answer `true` for so long hangs. */
const ALIVE_MS = 10_000;
/** Left to the host beside the VM: watermarks, QEMU's own memory; and a share for page tables of 4 KiB pages. */
const RESERVE_BYTES = GIB_BYTES / 4;
const PAGE_TABLE_SHARE = 3 / 512;
const VM_STEP_BYTES = 64 * MIB_BYTES;

export type NestedParts = Pick<RunningMachine, "watched" | "qemu" | "ssh"> & {
  /** Told each command that the host runs. */
  note: (what: string) => void;
  fingerprint: Fingerprint;
  /** Multiplies every deadline. */
  patience: number;
  /** Everything that ends with the host, in the right order. */
  resources: AsyncDisposableStack;
};

/** A nested host with its kernel up. */
export class BootedNestedHost implements BootedHost {
  readonly fingerprint: Fingerprint;
  /** The QEMU that is the machine: its monitor, its process on this machine, its end. */
  readonly qemu: NestedParts["qemu"];
  largestVmBytes = 0;
  readonly #parts: NestedParts;
  #devices: VfioBinding[] = [];
  #thp: Thp = "on";
  readonly #clock: { check(): Promise<unknown> };

  constructor(parts: NestedParts) {
    this.fingerprint = parts.fingerprint;
    this.qemu = parts.qemu;
    this.#parts = parts;
    const Check = parts.fingerprint.clock === "instructions" ? InstructionCheck : TimeCheck;
    this.#clock = new Check((command) => this.exec(command));
  }

  /** Binds the devices and learns what fits; called once, by the boot. */
  async prepare(bind: () => Promise<VfioBinding[]>): Promise<void> {
    this.#devices = await bind();
    await this.#clock.check();
    const { stdout } = await this.exec("grep MemAvailable /proc/meminfo");
    const availableBytes = Number(/(\d+) kB/.exec(stdout)?.[1] ?? 0) * 1024;
    const forVm = (availableBytes - RESERVE_BYTES) / (1 + PAGE_TABLE_SHARE);
    this.largestVmBytes = Math.max(0, Math.floor(forVm / VM_STEP_BYTES) * VM_STEP_BYTES);
  }

  /**
   * @throws InfrastructureError KERNEL_PANIC, KERNEL_OOPS, QEMU_EXITED, HOST_HUNG, SSH_LOST, COMMAND_TIMEOUT;
   * InterruptedError
   */
  exec = async (command: string, timeoutMs?: number): Promise<ExecAnswer> => {
    const deadlineMs = timeoutMs ?? this.#scaled(EXEC_MS);
    this.#parts.note(`on the host: ${command}`);
    return this.#guarded(() => this.#parts.ssh.exec(command, deadlineMs));
  };

  async stream(
    command: string,
    onOutput: (chunk: Buffer, isError: boolean) => void,
    timeoutMs: number,
  ): Promise<number> {
    this.#parts.note(`on the host: ${command}`);
    const answer = await this.#guarded(() => this.#parts.ssh.exec(command, timeoutMs, onOutput));
    return answer.exitCode;
  }

  shell(): Promise<number> {
    return this.#guarded(() => this.#parts.ssh.attachTerminal());
  }

  async setThp(thp: Thp): Promise<void> {
    await setThp(this.exec, thp);
    this.#thp = thp;
  }

  async createVms(request: VmRequest, whenReady?: () => Promise<void>): Promise<VmCreation> {
    const devices = this.#devices.slice(0, request.count);
    if (devices.length < request.count) throw new Error(`${request.count} VMs need as many devices`);
    const { hostCpus, accelerator } = this.fingerprint;
    const isEmulated = accelerator === "tcg";
    const vms = { ...request, devices, cpus: hostCpus, isEmulated, thp: this.#thp };
    const created = await createVms(this.exec, vms, whenReady);
    await this.#clock.check();
    return created;
  }

  async runProgram(command: string, timeoutMs: number): Promise<ProgramAnswer> {
    const answer = await measuredProgram(this.exec, command, timeoutMs);
    await this.#clock.check();
    return answer;
  }

  async complaints(): Promise<Complaint[]> {
    return this.#parts.watched.console.complaints();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.resources.disposeAsync();
  }

  #scaled(hardwareMs: number): number {
    const accelerator = this.fingerprint.accelerator === "kvm" ? "kvm" : "tcg";
    return scaledMs(hardwareMs, accelerator, this.#parts.patience);
  }

  /** Runs something over SSH, and gives it up when the console can no longer be logged. */
  #guarded<T>(task: () => Promise<T>): Promise<T> {
    return Promise.race([this.#explained(task), this.#parts.watched.console.unlogged]);
  }

  /** When the task fails, or the kernel dies meanwhile, throws the error that names the cause. */
  async #explained<T>(task: () => Promise<T>): Promise<T> {
    const { watched } = this.#parts;
    const dead = watched.console.fatal.then(() => {
      throw new InfrastructureError({ code: "KERNEL_OOPS", message: "The kernel under test is broken", remedy: "" });
    });
    try {
      return await Promise.race([task(), dead]);
    } catch (error) {
      if (!(error instanceof InfrastructureError)) throw error;
      const hung = error.code === "COMMAND_TIMEOUT" && !(await this.#answers());
      throw await explainFailure(watched, hung ? this.#hungError() : error);
    }
  }

  async #answers(): Promise<boolean> {
    return this.#parts.ssh.exec("true", this.#scaled(ALIVE_MS)).then(
      () => true,
      () => false,
    );
  }

  #hungError(): InfrastructureError {
    const silent = Math.round(this.#parts.watched.console.silentMs / 1000);
    return new InfrastructureError({
      code: "HOST_HUNG",
      message: `The host under test hangs: it does not answer over SSH, and its console is silent for ${silent} s`,
      remedy:
        "Boot it with npm run shell and repeat; a kernel with lockup detection (build-kernel --debug) says where.",
    });
  }
}

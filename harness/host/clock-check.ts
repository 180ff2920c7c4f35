import { InfrastructureError } from "../base/errors.ts";
import type { Exec } from "../base/exec.ts";

/** Reading /proc/uptime over SSH is late by up to so much; a baseline shorter than 100 times that proves nothing. */
const LATENCY_MS = 300;
const BASELINE_MS = 100 * LATENCY_MS;
/** Clocks that differ by more than this share make every measured time wrong. */
const TIME_TOLERANCE = 0.02;

/**
 * Compares the clock of a virtual host with this machine's: a host that calibrates its time stamp counter while this
 * machine is busy can believe in a wrong frequency, and would measure all times wrongly by the same factor.
 */
export class TimeCheck {
  readonly #exec: Exec;
  readonly #nowMs: () => number;
  #first: { hostMs: number; machineMs: number } | undefined;

  constructor(exec: Exec, nowMs: () => number = () => performance.now()) {
    this.#exec = exec;
    this.#nowMs = nowMs;
  }

  /**
   * Call now and then; the first call starts the comparison, and nothing is judged before the baseline is long enough.
   * @returns how fast the host's clock runs, 1 when right; undefined as long as nothing can be said
   * @throws InfrastructureError CLOCK_WRONG
   */
  async check(): Promise<number | undefined> {
    const startMs = this.#nowMs();
    const { stdout } = await this.#exec("cat /proc/uptime");
    const machineMs = (startMs + this.#nowMs()) / 2;
    const hostMs = Number(stdout.split(" ")[0]) * 1000;
    this.#first ??= { hostMs, machineMs };
    const elapsedMs = machineMs - this.#first.machineMs;
    if (elapsedMs < BASELINE_MS) return undefined;
    const rate = (hostMs - this.#first.hostMs) / elapsedMs;
    if (Math.abs(rate - 1) <= TIME_TOLERANCE) return rate;
    throw new InfrastructureError({
      code: "CLOCK_WRONG",
      message: `The clock of the host under test runs at ${rate.toFixed(3)} times this machine's: its times cannot be used`,
      remedy: "Run again while this machine is less busy; the host calibrates its clock while it boots.",
    });
  }
}

/** Long beside reading the clock twice, short beside the time between two interrupts. */
const INSTRUCTIONS = 1_000_000;
const TIMES = 20;
const NS_PER_INSTRUCTION = 1;
/** Reading the clock takes instructions too. */
const INSTRUCTION_TOLERANCE = 0.02;

/** The check of a host whose clock counts instructions: a known number of them must take as many nanoseconds. */
export class InstructionCheck {
  readonly #exec: Exec;
  #isChecked = false;

  constructor(exec: Exec) {
    this.#exec = exec;
  }

  /**
   * Call now and then; once is enough, because QEMU does not change its mind.
   * @throws InfrastructureError CLOCK_WRONG
   */
  async check(): Promise<void> {
    if (this.#isChecked) return;
    const { stdout } = await this.#exec(`icount ${INSTRUCTIONS} ${TIMES}`);
    const nsPerInstruction = (Number(stdout) * 1e9) / INSTRUCTIONS;
    if (Math.abs(nsPerInstruction / NS_PER_INSTRUCTION - 1) <= INSTRUCTION_TOLERANCE) {
      this.#isChecked = true;
      return;
    }
    throw new InfrastructureError({
      code: "CLOCK_WRONG",
      message: `The clock of the host under test should count instructions, and an instruction takes ${nsPerInstruction.toFixed(3)} ns`,
      remedy: "See whether this QEMU knows -icount (qemu-system-x86_64 --help), or leave --clock out.",
    });
  }
}

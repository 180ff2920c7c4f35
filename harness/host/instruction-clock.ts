import { InfrastructureError } from "../base/errors.ts";
import type { Exec } from "../base/exec.ts";

/** Long beside reading the clock twice, short beside the time between two interrupts. */
const INSTRUCTIONS = 1_000_000;
const TIMES = 20;
const NS_PER_INSTRUCTION = 1;
/** Reading the clock takes instructions too. */
const TOLERANCE = 0.02;

/** The check of a host whose clock counts instructions: a known number of them must take as many nanoseconds. */
export class InstructionClock {
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
    if (Math.abs(nsPerInstruction / NS_PER_INSTRUCTION - 1) <= TOLERANCE) {
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

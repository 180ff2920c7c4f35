import { InfrastructureError, MeasurementError } from "../base/errors.ts";
import type { Exec } from "../base/exec.ts";
import { shellQuote } from "../base/quote.ts";

const LOG = "/run/prezero-load.log";
const LOG_TAIL_BYTES = 2_000;
/** A load that cannot start has ended by then; one that can is at work. */
const SETTLE_SECONDS = 1;
const STOP_SECONDS = 60;

/** Fails, with the last words of the load on stdout, when its first process has ended. */
const assertAlive = (pid: string) =>
  `grep -q '^State:[[:space:]]*[^[:space:]ZX]' /proc/${pid}/status 2>/dev/null || { tail -c ${LOG_TAIL_BYTES} ${LOG}; exit 1; }`;

/** Something that keeps the host busy while a round is measured: a shell command in a process group of its own. */
export class Load {
  readonly #exec: Exec;
  readonly #command: string;
  readonly #pid: string;

  private constructor(exec: Exec, command: string, pid: string) {
    this.#exec = exec;
    this.#command = command;
    this.#pid = pid;
  }

  /**
   * @param command must not end by itself, and as a whole when a part of it fails
   * @throws MeasurementError LOAD_DIED
   */
  static async start(exec: Exec, command: string): Promise<Load> {
    const start = `${shellQuote(["setsid", "sh", "-c", command])} </dev/null >${LOG} 2>&1 & pid=$!`;
    const answer = await exec(`${start}; sleep ${SETTLE_SECONDS}; ${assertAlive("$pid")}; echo $pid`);
    if (answer.exitCode === 0) return new Load(exec, command, answer.stdout.trim());
    throw died(command, answer.stdout + answer.stderr);
  }

  /**
   * Makes sure that the load has run until now, kills all of it and waits until it is gone.
   * @throws MeasurementError LOAD_DIED: what was measured meanwhile was not measured under it; InfrastructureError
   * LOAD_STUCK
   */
  async end(): Promise<void> {
    const alive = await this.#exec(assertAlive(this.#pid));
    if (alive.exitCode !== 0) throw died(this.#command, alive.stdout + alive.stderr);
    const { exitCode, stdout } = await this.#exec(
      `kill -KILL -${this.#pid}; end=$(($(cut -d. -f1 /proc/uptime) + ${STOP_SECONDS}))
while kill -0 -${this.#pid} 2>/dev/null; do
[ "$(cut -d. -f1 /proc/uptime)" -lt "$end" ] || { ps; exit 1; }
sleep 0.05
done`,
      (STOP_SECONDS + 30) * 1000,
    );
    if (exitCode === 0) return;
    throw new InfrastructureError({
      code: "LOAD_STUCK",
      message: `The load of the scenario did not end within ${STOP_SECONDS} s after it was killed: ${this.#command}`,
      detail: stdout.trim(),
      remedy: "The kernel under test is stuck: see the host's console log.",
    });
  }
}

function died(command: string, words: string): MeasurementError {
  return new MeasurementError({
    code: "LOAD_DIED",
    message: `The load of the scenario ended before the round did, so the round is not valid: ${command}`,
    detail: words.trim(),
    remedy: "Correct `during` of the scenario: the load must run until it is stopped.",
  });
}

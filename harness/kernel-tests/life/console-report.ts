import { setTimeout as sleep } from "node:timers/promises";
import { InfrastructureError } from "../../base/errors.ts";
import type { Shell } from "../../base/shell.ts";
import type { TestHost } from "../../hosts.ts";
import { measured, type TestResult } from "../../ktap/result.ts";
import { checked, counter } from "../boot/answers.ts";
import { verifierFoundNothing } from "../boot/worker.ts";

const POLL_MS = 200;

/**
 * What a machine prints on its console when nobody can ask it any more, because its kernel or its memory is another one
 * than that which the connection was made to.
 */
export class ConsoleReport {
  readonly #$: Shell;
  #text = "";

  constructor($: Shell) {
    this.#$ = $;
  }

  /** For the boot: gets what the console prints. */
  readonly take = (text: string): void => {
    this.#text += text;
  };

  /**
   * Waits for the last line of the report.
   * @returns all that was printed
   * @throws InfrastructureError NO_REPORT when it does not come in time, or the machine ends first
   */
  async until(last: RegExp, host: Pick<TestHost, "qemu">, timeoutMs: number): Promise<string> {
    this.#$.endDryRun("what comes next depends on what is printed on the console");
    const endMs = Date.now() + timeoutMs;
    let ended = false;
    void host.qemu.exited.then(() => {
      ended = true;
    });
    while (!last.test(this.#text) && !ended && Date.now() < endMs) await sleep(POLL_MS);
    if (last.test(this.#text)) return this.#text;
    throw new InfrastructureError({
      code: "NO_REPORT",
      message: `The machine ${ended ? "ended" : "did not come to its end"} without the report that was expected`,
      detail: this.#text.trim().split("\n").slice(-40).join("\n"),
      remedy: "Read its console's log: what was printed last is where it stopped.",
    });
  }
}

/** The cases of a report: the memory that its programs looked at, and /proc/vmstat. */
export function judgeReport(what: string, text: string): TestResult[] {
  const hits = counter(text, "prezero_hit");
  return [
    checked(what, { stdout: text.replaceAll("\r", ""), stderr: "", exitCode: 0 }),
    measured("pages came from the pool", String(hits), hits > 0, text),
    verifierFoundNothing(text),
  ];
}

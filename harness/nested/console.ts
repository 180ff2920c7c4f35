import { EventEmitter } from "node:events";
import { closeSync, openSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { diskFault } from "../base/disk-fault.ts";
import { type Complaint, isFatal } from "../host/complaint.ts";
import { findComplaints, kindOf } from "../host/oops.ts";

/** Text that is kept for error messages and the oops reader; the log file has all of it. */
const KEPT_CHARACTERS = 4 * 2 ** 20;
/** After a complaint has begun its last lines need this long to arrive. */
const SETTLE_MS = 1_000;

/** The guest's serial console: keeps its text, finds what the kernel complains about, and waits for words. */
export class SerialConsole {
  /** Settles with the first complaint after which the kernel cannot be trusted; never rejects. */
  readonly fatal: Promise<Complaint>;
  /** Settles when QEMU has closed the console. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #logFile: string;
  readonly #log: number;
  #logFault: unknown;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #text = "";
  #line = "";
  #lastOutputMs = Date.now();

  /**
   * @param logFile gets all of the text, at once: QEMU's own log of a character device repeats characters when the
   *   reader is slow
   * @param onText told what is printed, as it comes
   */
  constructor(socket: Socket, logFile: string, onText?: (text: string) => void) {
    this.#socket = socket;
    this.#logFile = logFile;
    this.#log = openSync(logFile, "w");
    if (onText) this.#changes.on("text", onText);
    const { promise, resolve } = Promise.withResolvers<Complaint>();
    this.fatal = promise;
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => this.#take(chunk, resolve));
    socket.on("error", () => {});
    this.closed = new Promise((closed) => socket.once("close", () => closed()));
    void this.closed.then(() => {
      closeSync(this.#log);
      this.#settle(resolve);
    });
  }

  get text(): string {
    return this.#text;
  }

  /** Milliseconds since the guest last printed anything. */
  get silentMs(): number {
    return Date.now() - this.#lastOutputMs;
  }

  /** Last lines, for an error message. */
  tail(lines = 25): string {
    return this.#text.replaceAll("\r", "").trimEnd().split("\n").slice(-lines).join("\n");
  }

  /** Everything the kernel has complained about so far. */
  complaints(): Complaint[] {
    return findComplaints(this.#text);
  }

  /** Waits until the text contains the pattern; false when the deadline passes or the console closes first. */
  async waitFor(pattern: RegExp, timeoutMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const look = () => {
      if (pattern.test(this.#text)) resolve(true);
    };
    const timer = setTimeout(() => resolve(false), timeoutMs);
    this.#changes.on("text", look);
    void this.closed.then(() => resolve(pattern.test(this.#text)));
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#changes.off("text", look);
    }
  }

  /** @throws what diskFault makes of a log that could not be written: the guest's words come when nobody waits */
  assertLogged(): void {
    if (this.#logFault !== undefined) throw this.#logFault;
  }

  /** Types into the guest's console. */
  write(text: string): void {
    this.#socket.write(text);
  }

  #take(chunk: string, resolve: (complaint: Complaint) => void): void {
    this.#record(chunk);
    this.#lastOutputMs = Date.now();
    this.#text = (this.#text + chunk).slice(-KEPT_CHARACTERS);
    const lines = (this.#line + chunk).split("\n");
    this.#line = (lines.pop() ?? "").slice(-1000);
    if (lines.some((line) => kindOf(line) !== undefined)) {
      setTimeout(() => this.#settle(resolve), SETTLE_MS).unref();
    }
    this.#changes.emit("text", chunk);
  }

  #record(chunk: string): void {
    if (this.#logFault !== undefined) return;
    try {
      writeFileSync(this.#log, chunk);
    } catch (error) {
      this.#logFault = diskFault(error, { path: dirname(this.#logFile), holds: "the console's log" }) ?? error;
    }
  }

  #settle(resolve: (complaint: Complaint) => void): void {
    const complaint = this.complaints().find(isFatal);
    if (complaint) resolve(complaint);
  }
}

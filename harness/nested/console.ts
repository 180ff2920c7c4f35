import { EventEmitter } from "node:events";
import { closeSync, openSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { diskFault } from "../base/disk-fault.ts";
import { type Complaint, findComplaints, isFatal, kindOf } from "../host/complaints.ts";

/** Text that is kept for error messages and the oops reader; the log file has all of it. */
const KEPT_CHARACTERS = 4 * 2 ** 20;
/** After a complaint has begun its last lines need this long to arrive. */
const SETTLE_MS = 1_000;

/** The host's serial console: keeps its text, finds what the kernel complains about, and waits for words. */
export class SerialConsole {
  /** Settles with the first complaint after which the kernel cannot be trusted; never rejects. */
  readonly fatal: Promise<Complaint>;
  /** Settles when QEMU has closed the console. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  /**
   * Rejects when the log cannot be written, with what diskFault makes of it, and never resolves: for a race with what
   * the host is doing, whose words come when nobody waits for them.
   */
  readonly unlogged: Promise<never>;
  readonly #log: LogFile;
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
    this.#log = new LogFile(logFile);
    this.unlogged = this.#log.broken;
    if (onText) this.#changes.on("text", onText);
    const { promise, resolve } = Promise.withResolvers<Complaint>();
    this.fatal = promise;
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => this.#take(chunk, resolve));
    socket.on("error", () => {});
    this.closed = new Promise((closed) => socket.once("close", () => closed()));
    void this.closed.then(() => {
      this.#log.close();
      this.#settle(resolve);
    });
  }

  get text(): string {
    return this.#text;
  }

  /** Milliseconds since the host last printed anything. */
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

  /** Types into the host's console. */
  write(text: string): void {
    this.#socket.write(text);
  }

  #take(chunk: string, resolve: (complaint: Complaint) => void): void {
    this.#log.write(chunk);
    this.#lastOutputMs = Date.now();
    this.#text = (this.#text + chunk).slice(-KEPT_CHARACTERS);
    const lines = (this.#line + chunk).split("\n");
    this.#line = (lines.pop() ?? "").slice(-1000);
    if (lines.some((line) => kindOf(line) !== undefined)) {
      setTimeout(() => this.#settle(resolve), SETTLE_MS).unref();
    }
    this.#changes.emit("text", chunk);
  }

  #settle(resolve: (complaint: Complaint) => void): void {
    const complaint = this.complaints().find(isFatal);
    if (complaint) resolve(complaint);
  }
}

/** File that is written until that fails. */
class LogFile {
  readonly broken: Promise<never>;
  readonly #path: string;
  readonly #fd: number;
  readonly #reject: (fault: unknown) => void;
  #isWritten = true;

  /** @throws what diskFault makes of a file that cannot be made */
  constructor(path: string) {
    this.#path = path;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    this.broken = promise;
    this.#reject = reject;
    try {
      this.#fd = openSync(path, "w");
    } catch (error) {
      throw this.#faultOf(error);
    }
  }

  write(text: string): void {
    if (!this.#isWritten) return;
    try {
      writeFileSync(this.#fd, text);
    } catch (error) {
      this.#isWritten = false;
      this.#reject(this.#faultOf(error));
    }
  }

  /** A network disk may tell only now that it is full. */
  close(): void {
    try {
      closeSync(this.#fd);
    } catch (error) {
      this.#reject(this.#faultOf(error));
    }
  }

  #faultOf(error: unknown): unknown {
    return diskFault(error, { path: dirname(this.#path), holds: "the console's log" }) ?? error;
  }
}

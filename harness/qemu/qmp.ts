import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { z } from "zod";
import { LINE_LIMIT_BYTES, lineReader } from "./line-reader.ts";
import {
  type Greeting,
  greetingSchema,
  messageSchema,
  QmpClosedError,
  QmpCommandError,
  QmpConnectError,
  type QmpEvent,
  QmpProtocolError,
  QmpTimeoutError,
} from "./qmp-message.ts";

const REPLY_TIMEOUT_MS = 30_000;
/** Error messages show this much of a line. */
const SHOWN_CHARACTERS = 500;

type Pending = { command: string; sent: string; resolve: (value: unknown) => void; reject: (error: Error) => void };

/** Connection to QEMU's machine protocol: commands with ids, events, one documented error for each way to fail. */
export class QmpClient {
  readonly greeting: Greeting;
  readonly #socket: Socket;
  readonly #pending = new Map<number, Pending>();
  readonly #events = new EventEmitter();
  #nextId = 1;
  #failure: Error | undefined;
  #lastSent: string | undefined;
  #lastReceived: string | undefined;

  private constructor(socket: Socket, greeting: Greeting) {
    this.#socket = socket;
    this.greeting = greeting;
  }

  /**
   * Takes over a connected socket: greeting, then capabilities.
   * @throws QmpConnectError no greeting in time; QmpProtocolError what came is not QMP; QmpClosedError
   */
  static async attach(socket: Socket, timeoutMs: number, limitBytes = LINE_LIMIT_BYTES): Promise<QmpClient> {
    let client: QmpClient | undefined;
    const { promise: greeted, resolve, reject } = Promise.withResolvers<Greeting>();
    const timer = setTimeout(
      () => reject(new QmpConnectError(`QEMU's monitor connected but did not greet within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const fail = (error: Error) => {
      reject(error);
      if (client) client.#fail(error);
    };
    const read = lineReader(
      (line) => (client ? client.#receive(line) : readGreeting(line, resolve, fail)),
      (start) => fail(new QmpProtocolError(`QEMU sent a line of more than ${limitBytes} bytes`, { received: start })),
      limitBytes,
    );
    socket.on("data", read);
    socket.on("error", () => {});
    socket.on("close", () => fail(new QmpClosedError(client?.exchange ?? {})));
    try {
      client = new QmpClient(socket, await greeted);
      await client.execute("qmp_capabilities", {}, z.unknown(), timeoutMs);
      return client;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What was sent and received last, for errors of a higher level. */
  get exchange(): { sent: string | undefined; received: string | undefined } {
    return { sent: this.#lastSent, received: this.#lastReceived };
  }

  /**
   * Runs one command and parses its answer.
   * @throws QmpCommandError refused; QmpTimeoutError; QmpProtocolError answer has another shape; QmpClosedError
   */
  async execute<T>(
    command: string,
    args: Record<string, unknown> = {},
    schema: z.ZodType<T>,
    timeoutMs = REPLY_TIMEOUT_MS,
  ): Promise<T> {
    if (this.#failure) throw this.#failure;
    const id = this.#nextId++;
    const sent = JSON.stringify({ execute: command, arguments: args, id });
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { command, sent, resolve, reject });
    const timer = setTimeout(
      () => reject(new QmpTimeoutError(`answer ${command}`, timeoutMs, this.exchange)),
      timeoutMs,
    );
    this.#lastSent = sent;
    this.#socket.write(`${sent}\n`);
    try {
      const answer = schema.safeParse(await promise);
      if (answer.success) return answer.data;
      const received = this.#lastReceived;
      throw new QmpProtocolError(`Unexpected answer to ${command}: ${z.prettifyError(answer.error)}`, {
        sent,
        received,
      });
    } finally {
      clearTimeout(timer);
      this.#pending.delete(id);
    }
  }

  /** Waits for the next event of that name. @throws QmpTimeoutError; QmpClosedError when the connection ends first */
  async nextEvent(name: string, timeoutMs: number): Promise<QmpEvent> {
    if (this.#failure) throw this.#failure;
    const { promise, resolve, reject } = Promise.withResolvers<QmpEvent>();
    const timer = setTimeout(
      () => reject(new QmpTimeoutError(`send the event ${name}`, timeoutMs, this.exchange)),
      timeoutMs,
    );
    this.#events.once(name, resolve);
    this.#events.once("closed", reject);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#events.off(name, resolve);
      this.#events.off("closed", reject);
    }
  }

  /** Calls the listener at each event of that name (`SHUTDOWN`, `GUEST_PANICKED`). */
  onEvent(name: string, listener: (event: QmpEvent) => void): void {
    this.#events.on(name, listener);
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(line: string): void {
    this.#lastReceived = line.slice(0, SHOWN_CHARACTERS);
    const message = parseLine(line, messageSchema);
    if (message === undefined) {
      this.#fail(new QmpProtocolError("QEMU's monitor sent something that is not QMP", this.exchange));
      this.#socket.destroy();
    } else if ("event" in message) {
      this.#events.emit(message.event, message);
    } else {
      const pending = this.#pending.get(message.id ?? -1);
      if (pending === undefined) return;
      if ("error" in message) {
        const { class: qemuClass, desc } = message.error;
        const exchange = { sent: pending.sent, received: this.#lastReceived };
        pending.reject(new QmpCommandError(pending.command, qemuClass, desc, exchange));
      } else {
        pending.resolve(message.return);
      }
    }
  }

  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#events.emit("closed", error);
  }
}

function readGreeting(line: string, resolve: (greeting: Greeting) => void, fail: (error: Error) => void): void {
  const greeting = parseLine(line, greetingSchema);
  if (greeting) resolve(greeting);
  else fail(new QmpProtocolError("Expected QMP's greeting", { received: line.slice(0, SHOWN_CHARACTERS) }));
}

function parseLine<T>(line: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

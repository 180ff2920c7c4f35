import { z } from "zod";
import { type ErrorDetails, InfrastructureError } from "../base/errors.ts";

/** What QEMU says first (docs/interop/qmp-spec in QEMU's source). */
export const greetingSchema = z.object({
  QMP: z.object({
    version: z.object({
      qemu: z.object({ major: z.int(), minor: z.int(), micro: z.int() }),
      package: z.string(),
    }),
    capabilities: z.array(z.unknown()),
  }),
});
export type Greeting = z.infer<typeof greetingSchema>;

const returnSchema = z.object({ return: z.unknown(), id: z.int().optional() });
const errorSchema = z.object({
  error: z.object({ class: z.string(), desc: z.string() }),
  id: z.int().optional(),
});
const eventSchema = z.object({
  event: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
  timestamp: z.object({ seconds: z.number(), microseconds: z.number() }),
});
export type QmpEvent = z.infer<typeof eventSchema>;

/** Any line that QEMU may send after its greeting. Order matters: an event and an error have no `return`. */
export const messageSchema = z.union([eventSchema, errorSchema, returnSchema]);
export type QmpMessage = z.infer<typeof messageSchema>;

/** `7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)`. */
export function versionText(greeting: Greeting): string {
  const { qemu, package: packaged } = greeting.QMP.version;
  const number = `${qemu.major}.${qemu.minor}.${qemu.micro}`;
  return packaged.trim() === "" ? number : `${number} (${packaged.trim().replace(/^\((.*)\)$/, "$1")})`;
}

/** What was said on the connection until an error: the command that was sent and the last thing that came back. */
export type QmpExchange = { sent?: string | undefined; received?: string | undefined };

/**
 * Everything that can go wrong with QEMU's monitor; each keeps what was sent and received.
 *
 *     QmpError
 *      +-- QmpConnectError    nobody connected, or the greeting did not come in time     QMP_CONNECT
 *      +-- QmpProtocolError   what came is not QMP: not JSON, unknown shape, endless line QMP_PROTOCOL
 *      +-- QmpCommandError    QEMU refused a command (has its class and description)     QMP_COMMAND
 *      +-- QmpTimeoutError    a command was not answered, an event did not come          QMP_TIMEOUT
 *      +-- QmpClosedError     the connection ended (QEMU is gone or was asked to quit)   QMP_CLOSED
 */
export abstract class QmpError extends InfrastructureError {
  readonly sent: string | undefined;
  readonly received: string | undefined;

  constructor(details: ErrorDetails, exchange: QmpExchange) {
    const lines = [
      exchange.sent === undefined ? "" : `sent: ${exchange.sent}`,
      exchange.received === undefined ? "" : `received: ${exchange.received}`,
    ];
    const detail = [details.detail ?? "", ...lines].filter((line) => line !== "").join("\n");
    super(detail === "" ? details : { ...details, detail });
    this.sent = exchange.sent;
    this.received = exchange.received;
  }
}

const SEE_QEMU = "Read what QEMU printed and its console log; the QEMU command line can be run by hand.";

export class QmpConnectError extends QmpError {
  constructor(message: string, exchange: QmpExchange = {}) {
    super({ code: "QMP_CONNECT", message, remedy: SEE_QEMU }, exchange);
  }
}

export class QmpProtocolError extends QmpError {
  constructor(message: string, exchange: QmpExchange) {
    super({ code: "QMP_PROTOCOL", message, remedy: "Check that the program is QEMU 7.2 or newer." }, exchange);
  }
}

export class QmpCommandError extends QmpError {
  /** QEMU's error class, nearly always `GenericError`. */
  readonly qemuClass: string;

  constructor(command: string, qemuClass: string, description: string, exchange: QmpExchange) {
    super(
      { code: "QMP_COMMAND", message: `QEMU refused ${command}: ${description} (${qemuClass})`, remedy: SEE_QEMU },
      exchange,
    );
    this.qemuClass = qemuClass;
  }
}

export class QmpTimeoutError extends QmpError {
  constructor(waitedFor: string, timeoutMs: number, exchange: QmpExchange) {
    super(
      { code: "QMP_TIMEOUT", message: `QEMU did not ${waitedFor} within ${timeoutMs} ms`, remedy: SEE_QEMU },
      exchange,
    );
  }
}

export class QmpClosedError extends QmpError {
  constructor(exchange: QmpExchange) {
    super({ code: "QMP_CLOSED", message: "The connection to QEMU's monitor ended", remedy: SEE_QEMU }, exchange);
  }
}

import { type ErrorDetails, InfrastructureError } from "../base/errors.ts";

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

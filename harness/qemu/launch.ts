import { setTimeout as setTimeoutPromise } from "node:timers/promises";
import { z } from "zod";
import { InfrastructureError } from "../base/errors.ts";
import { throwIfInterrupted } from "../base/interrupt.ts";
import type { Exit, Running } from "../base/running.ts";
import type { Shell } from "../base/shell.ts";
import { GIB_BYTES } from "../base/size.ts";
import type { Accelerator } from "../run/sample.ts";
import { QmpClient } from "./qmp.ts";
import { QmpConnectError, QmpProtocolError } from "./qmp-message.ts";
import { SocketListener } from "./socket-listener.ts";

const QUIT_TIMEOUT_MS = 3_000;
/** Between a lost monitor and the end of the process that lost it. */
const EXIT_GRACE_MS = 500;

/** How QEMU ended: exit code or signal, what it printed, and why the machine stopped (`guest-reset`), if it said so. */
export type QemuExit = Pick<Exit, "exitCode" | "signal" | "output"> & { reason?: string | undefined };

const shutdownSchema = z.object({ reason: z.string() });

export type LaunchOptions = {
  /** Program to run, normally `qemu-system-x86_64`. */
  program: string;
  args: string[];
  /** Command line that a person can run instead, for error messages. */
  reproducer: string;
  /** Path that `args` tell QEMU to connect its monitor to. */
  qmpSocket: string;
  /** Memory is allocated and touched before the greeting, so a large VM needs longer. */
  greetingTimeoutMs: number;
};

/** A running QEMU; it dies with the harness, however the harness dies. */
export class QemuProcess implements AsyncDisposable {
  readonly qmp: QmpClient;
  /** Command line that a person can run instead. */
  readonly reproducer: string;
  /** Settles when QEMU is gone; never rejects. */
  readonly exited: Promise<QemuExit>;
  readonly #running: Running;

  private constructor(running: Running, exited: Promise<QemuExit>, qmp: QmpClient, reproducer: string) {
    this.#running = running;
    this.exited = exited;
    this.qmp = qmp;
    this.reproducer = reproducer;
  }

  get pid(): number | undefined {
    return this.#running.pid;
  }

  /**
   * Starts QEMU and waits for its monitor.
   * @throws InfrastructureError QEMU_MISSING, QEMU_EXITED with what QEMU printed; QmpError; InterruptedError
   */
  static async launch($: Shell, options: LaunchOptions): Promise<QemuProcess> {
    const { program, args, reproducer } = options;
    using listener = await SocketListener.listen(options.qmpSocket);
    const running = $.start([program, ...args]);
    let reason: string | undefined;
    const exited = running.exited.then((exit) => ({ ...exit, reason }));
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new QmpConnectError(`QEMU's monitor did not connect within ${options.greetingTimeoutMs} ms`)),
      options.greetingTimeoutMs,
    );
    try {
      const greeted = listener.connection.then(async (socket) => {
        const qmp = await QmpClient.attach(socket, options.greetingTimeoutMs);
        qmp.onEvent("SHUTDOWN", ({ data }) => {
          reason = shutdownSchema.safeParse(data).data?.reason;
        });
        return qmp;
      });
      greeted.catch(() => {});
      const gone = exited.then((exit) => Promise.reject(exitError(exit, reproducer)));
      const qmp = await Promise.race([greeted, gone, late]);
      return new QemuProcess(running, exited, qmp, reproducer);
    } catch (error) {
      // A QEMU that dies closes its monitor first: its own words explain more than the closed connection.
      const exit = await Promise.race([exited, setTimeoutPromise(EXIT_GRACE_MS, undefined, { ref: false })]);
      running.stop();
      await exited;
      throwIfInterrupted($.signal, "starting QEMU");
      throw exit === undefined ? error : exitError(exit, reproducer);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Which accelerator really runs, whatever was asked for. */
  async accelerator(): Promise<Accelerator> {
    const answer = await this.qmp.execute("query-kvm", {}, z.object({ enabled: z.boolean(), present: z.boolean() }));
    return answer.enabled ? "kvm" : "tcg";
  }

  /**
   * Port of 127.0.0.1 that QEMU forwards to the host's port.
   * @throws QmpProtocolError when the table of forwards does not list one
   */
  async forwardedPort(hostPort: number): Promise<number> {
    const table = await this.qmp.execute("human-monitor-command", { "command-line": "info usernet" }, z.string());
    // TCP[HOST_FORWARD]  12  127.0.0.1 43210  10.0.2.15  22  0  0
    for (const line of table.split("\n")) {
      const match = /TCP\[HOST_FORWARD\]\s+\d+\s+\S+\s+(\d+)\s+\S+\s+(\d+)/.exec(line);
      if (match && Number(match[2]) === hostPort) return Number(match[1]);
    }
    throw new QmpProtocolError(`QEMU forwards no port to the host's port ${hostPort}`, { received: table });
  }

  /** Asks QEMU to quit, then kills its group. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.qmp.execute("quit", {}, z.unknown(), QUIT_TIMEOUT_MS).catch(() => {});
    const timer = setTimeout(() => this.#running.stop(), QUIT_TIMEOUT_MS);
    await this.exited;
    clearTimeout(timer);
    this.qmp.close();
  }
}

/** The error for a QEMU that ended before anybody asked it to. */
export function exitError(exit: QemuExit, reproducer: string): InfrastructureError {
  const missing = exit.exitCode === 127;
  const why = exit.reason ? ` (${exit.reason})` : "";
  const how = exit.signal ? `was killed by ${exit.signal}` : `exited with code ${exit.exitCode}${why}`;
  return new InfrastructureError({
    code: missing ? "QEMU_MISSING" : "QEMU_EXITED",
    message: missing ? "QEMU is not installed" : `QEMU ${how} before it was asked to`,
    detail: exit.output,
    reproducer: reproducer,
    remedy: missing ? "npm run setup" : "Read what QEMU printed; run the command line by hand.",
  });
}

/** Emulated hosts are this much slower than those on hardware, and so are all deadlines that wait for one. */
const FACTOR: Record<Accelerator, number> = { kvm: 1, tcg: 6 };
/** Touching a GiB before the host starts: memory that this machine itself gets from a hypervisor may come slowly. */
const PREALLOC_PER_GIB_MS = 15_000;
const GREETING_MS = 30_000;

/** A deadline meant for a host on hardware, scaled to the accelerator, and to the caller's patience when it is not 1. */
export function scaledMs(hardwareMs: number, accel: Accelerator, patience = 1): number {
  return hardwareMs * FACTOR[accel] * patience;
}

/** How long a QEMU that preallocates so much memory may take until its monitor greets. */
export function greetingMs(memoryBytes: number): number {
  return GREETING_MS + (memoryBytes / GIB_BYTES) * PREALLOC_PER_GIB_MS;
}

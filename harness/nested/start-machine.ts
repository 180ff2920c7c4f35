import { InfrastructureError } from "../base/errors.ts";
import { shellQuote } from "../base/quote.ts";
import type { Shell } from "../base/shell.ts";
import {
  greetingMs,
  hostArgs,
  type QemuHost,
  QemuProcess,
  type SocketListener,
  scaledMs,
  versionText,
} from "../qemu.ts";
import type { Accelerator } from "../run/sample.ts";
import { SerialConsole } from "./console.ts";
import { explainFailure, type Watched } from "./failure.ts";
import type { BootKeys } from "./keys.ts";
import { SshConnection } from "./ssh.ts";

/** First message of our init when the SSH server listens. */
const READY = /^prezero-init: ready/m;
const SSH_PORT = 22;
const BOOT_MS = 30_000;
const SSH_MS = 15_000;

/** A machine in QEMU that is up, and the ways to it. */
export type RunningMachine = {
  watched: Watched;
  qemu: Pick<QemuProcess, "qmp" | "pid" | "exited">;
  ssh: Pick<SshConnection, "exec" | "attachTerminal">;
  /** What really runs it, whatever was asked for. */
  accelerator: Accelerator;
  qemuVersion: string;
};

/** What a machine is started from. */
export type MachineOrder = {
  program: string;
  host: QemuHost;
  /** Part of the initramfs that outlives this run. */
  initramfs: string;
  keys: BootKeys;
  qmpSocket: string;
  console: SocketListener;
  consoleLog: string;
  onConsole: ((text: string) => void) | undefined;
  /** Multiplies every deadline. */
  patience: number;
};

/**
 * Starts QEMU, waits for the init's word and connects over SSH.
 * @param stack gets what is to end with the machine
 * @throws InfrastructureError QEMU_MISSING, QEMU_EXITED, KERNEL_PANIC, KERNEL_OOPS, BOOT_TIMEOUT, SSH_CONNECT; InterruptedError
 */
export async function startMachine(
  $: Shell,
  stack: AsyncDisposableStack,
  order: MachineOrder,
): Promise<RunningMachine> {
  const { program, host, initramfs, consoleLog } = order;
  const qemu = stack.use(
    await QemuProcess.launch($, {
      program,
      args: hostArgs(host),
      // For a person: on the terminal, and with the part of the initramfs that outlives this run.
      reproducer: shellQuote([program, ...hostArgs({ ...host, initrd: initramfs, control: undefined })]),
      qmpSocket: order.qmpSocket,
      greetingTimeoutMs: greetingMs(host.memoryBytes),
    }),
  );
  const console = new SerialConsole(await order.console.connection, consoleLog, order.onConsole);
  const watched: Watched = { qemu, console, consoleLog, signal: $.signal };
  const { accelerator, connection } = await Promise.race([connect(watched, qemu, console, order), console.unlogged]);
  const ssh = stack.use(connection);
  return { watched, qemu, ssh, accelerator, qemuVersion: versionText(qemu.qmp.greeting) };
}

type Connected = { accelerator: Accelerator; connection: SshConnection };

/** Waits for the init's word, then connects; whatever fails is explained by what the host and QEMU said last. */
async function connect(
  watched: Watched,
  qemu: QemuProcess,
  console: SerialConsole,
  { keys, patience }: MachineOrder,
): Promise<Connected> {
  try {
    const accelerator = await qemu.accelerator();
    const port = await qemu.forwardedPort(SSH_PORT);
    await waitForInit(console, scaledMs(BOOT_MS, accelerator, patience));
    const target = { host: "127.0.0.1", port, user: "root", privateKey: keys.userPrivate, hostKey: keys.hostPublic };
    return { accelerator, connection: await SshConnection.connect(target, scaledMs(SSH_MS, accelerator, patience)) };
  } catch (error) {
    throw error instanceof InfrastructureError ? await explainFailure(watched, error) : error;
  }
}

async function waitForInit(console: SerialConsole, timeoutMs: number): Promise<void> {
  const dead = console.fatal.then(() => false);
  if (await Promise.race([console.waitFor(READY, timeoutMs), dead])) return;
  throw new InfrastructureError({
    code: "BOOT_TIMEOUT",
    message: `The kernel under test did not get to the end of its init within ${timeoutMs / 1000} s`,
    remedy: `Boot it and watch: ${shellQuote(["npm", "run", "shell", "--", "--console"])}.`,
  });
}

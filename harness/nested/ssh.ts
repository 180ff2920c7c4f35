import ssh2 from "ssh2";
import { InfrastructureError } from "../base/errors.ts";

export type SshTarget = {
  host: string;
  port: number;
  user: string;
  /** OpenSSH private key, PEM text. */
  privateKey: string;
  /** The host's public key, base64 as in authorized_keys; anything else is refused. */
  hostKey: string;
};

export type SshAnswer = { stdout: string; stderr: string; exitCode: number };

/** Stands for a command that a signal ended, as in a shell. */
const KILLED_EXIT_CODE = 128;
const KEEPALIVE_MS = 10_000;
/** Missed keepalives until the connection counts as lost; a busy host under TCG may answer late. */
const KEEPALIVE_MISSES = 12;

/** One SSH connection to a host under test. */
export class SshConnection implements Disposable {
  /** Settles when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #client: ssh2.Client;
  #open = true;

  private constructor(client: ssh2.Client) {
    this.#client = client;
    this.closed = new Promise((resolve) => client.once("close", () => resolve()));
    void this.closed.then(() => {
      this.#open = false;
    });
  }

  /** @throws InfrastructureError SSH_CONNECT refused, wrong host key, wrong user key, or no answer in time */
  static async connect(target: SshTarget, timeoutMs: number): Promise<SshConnection> {
    const client = new ssh2.Client();
    try {
      await new Promise<void>((resolve, reject) => {
        client.once("ready", resolve);
        client.once("error", reject);
        client.once("close", () => reject(new Error("connection closed")));
        client.connect({
          host: target.host,
          port: target.port,
          username: target.user,
          privateKey: target.privateKey,
          hostVerifier: (key: Buffer) => key.toString("base64") === target.hostKey,
          readyTimeout: timeoutMs,
          keepaliveInterval: KEEPALIVE_MS,
          keepaliveCountMax: KEEPALIVE_MISSES,
        });
      });
    } catch (cause) {
      client.destroy();
      throw new InfrastructureError({
        code: "SSH_CONNECT",
        message: `SSH to ${target.host}:${target.port} failed: ${(cause as Error).message}`,
        remedy: "Read the host's console log: its SSH server says there why it refused.",
        cause,
      });
    }
    client.on("error", () => {});
    return new SshConnection(client);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /**
   * Runs a command to its end.
   * @param onOutput gets the output as it comes instead of the answer keeping it
   * @throws InfrastructureError SSH_LOST when the connection ends first, COMMAND_TIMEOUT
   */
  async exec(
    command: string,
    timeoutMs: number,
    onOutput?: (chunk: Buffer, isError: boolean) => void,
  ): Promise<SshAnswer> {
    if (!this.#open) throw lostError(command);
    const chunks: Record<"stdout" | "stderr", Buffer[]> = { stdout: [], stderr: [] };
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const timer = setTimeout(() => reject(timeoutError(command, timeoutMs)), timeoutMs);
    const lost = (cause?: unknown) => reject(lostError(command, cause));
    void this.closed.then(() => lost());
    let channel: ssh2.ClientChannel | undefined;
    const use = (opened: ssh2.ClientChannel) => {
      channel = opened;
      const take = (isError: boolean) => (chunk: Buffer) => {
        if (onOutput) onOutput(chunk, isError);
        else chunks[isError ? "stderr" : "stdout"].push(chunk);
      };
      opened.on("data", take(false));
      opened.stderr.on("data", take(true));
      let exitCode: number | undefined;
      opened.on("exit", (code: number | null) => {
        exitCode = code ?? KILLED_EXIT_CODE;
      });
      // A server always tells how a command ended; a channel that closes without that has lost its server.
      opened.on("close", () => (exitCode === undefined ? lost() : resolve(exitCode)));
    };
    try {
      try {
        this.#client.exec(command, (error, opened) => (error ? lost(error) : use(opened)));
      } catch (error) {
        lost(error);
      }
      const exitCode = await promise;
      const text = (part: Buffer[]) => Buffer.concat(part).toString("utf8");
      return { stdout: text(chunks.stdout), stderr: text(chunks.stderr), exitCode };
    } finally {
      clearTimeout(timer);
      channel?.close();
    }
  }

  /** Connects this terminal to an interactive shell until that ends. @returns its exit code */
  async attachTerminal(): Promise<number> {
    const { stdin, stdout } = process;
    const window = { term: process.env.TERM ?? "xterm", cols: stdout.columns || 80, rows: stdout.rows || 24 };
    const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
      this.#client.shell(window, (error, opened) => (error ? reject(lostError("a shell", error)) : resolve(opened)));
    });
    const resize = () => channel.setWindow(stdout.rows, stdout.columns, 0, 0);
    stdout.on("resize", resize);
    // Raw: Ctrl-C and the like are for the host, not for the harness.
    stdin.setRawMode(true);
    stdin.pipe(channel);
    channel.pipe(stdout);
    let exitCode = KILLED_EXIT_CODE;
    channel.on("exit", (code: number | null) => {
      exitCode = code ?? KILLED_EXIT_CODE;
    });
    await new Promise((resolve) => channel.on("close", resolve));
    stdin.unpipe(channel);
    stdin.setRawMode(false);
    stdin.pause();
    stdout.off("resize", resize);
    return exitCode;
  }

  [Symbol.dispose](): void {
    this.#client.destroy();
  }
}

function timeoutError(command: string, timeoutMs: number): InfrastructureError {
  return new InfrastructureError({
    code: "COMMAND_TIMEOUT",
    message: `A command on the host under test did not end within ${Math.round(timeoutMs / 1000)} s: ${command}`,
    remedy: "Read the host's console log; run the command by hand with: npm run shell",
  });
}

function lostError(command: string, cause?: unknown): InfrastructureError {
  return new InfrastructureError({
    code: "SSH_LOST",
    message: `The SSH connection to the host under test ended while running: ${command}`,
    remedy: "Read the host's console log: the kernel or the SSH server died.",
    cause,
  });
}

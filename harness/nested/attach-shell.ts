import type { NestedHost } from "./nested-host.ts";
import { KILLED_EXIT_CODE } from "./ssh.ts";

/** Connects the terminal to a shell on the host until it ends; returns its exit code. */
export async function attachShell(host: NestedHost): Promise<number> {
  const { stdin, stdout } = process;
  const channel = await host.shell(stdout.columns || 80, stdout.rows || 24);
  const resize = () => channel.setWindow(stdout.rows, stdout.columns, 0, 0);
  stdout.on("resize", resize);
  // Raw: Ctrl-C and the like are for the host, not for the harness.
  stdin.setRawMode(true);
  stdin.pipe(channel);
  channel.pipe(stdout);
  try {
    return await new Promise((resolve) => {
      let exitCode = KILLED_EXIT_CODE;
      channel.on("exit", (code: number | null) => {
        exitCode = code ?? KILLED_EXIT_CODE;
      });
      channel.on("close", () => resolve(exitCode));
    });
  } finally {
    stdin.unpipe(channel);
    stdin.setRawMode(false);
    stdin.pause();
    stdout.off("resize", resize);
  }
}

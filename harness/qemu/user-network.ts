import { z } from "zod";
import type { QmpClient } from "./qmp.ts";
import { QmpProtocolError } from "./qmp-error.ts";

/**
 * Port of 127.0.0.1 that QEMU forwards to the host's port.
 * @throws QmpProtocolError when the table of forwards does not list one
 */
export async function forwardedPort(qmp: QmpClient, hostPort: number): Promise<number> {
  const table = await qmp.execute("human-monitor-command", { "command-line": "info usernet" }, z.string());
  // TCP[HOST_FORWARD]  12  127.0.0.1 43210  10.0.2.15  22  0  0
  for (const line of table.split("\n")) {
    const match = /TCP\[HOST_FORWARD\]\s+\d+\s+\S+\s+(\d+)\s+\S+\s+(\d+)/.exec(line);
    if (match && Number(match[2]) === hostPort) return Number(match[1]);
  }
  throw new QmpProtocolError(`QEMU forwards no port to the host's port ${hostPort}`, { received: table });
}

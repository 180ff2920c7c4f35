import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SerialConsole } from "../../harness/nested/console.ts";
import { SocketListener } from "../../harness/qemu/socket-listener.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "console-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A console and the other end of its socket, which is QEMU's. */
async function consoleWith(logFile: string): Promise<{ console: SerialConsole; qemu: Socket }> {
  using listener = await SocketListener.listen(join(directory, "socket"));
  const qemu = connect(listener.path);
  return { console: new SerialConsole(await listener.connection, logFile), qemu };
}

test("what the host prints is in the log and can be waited for", async () => {
  const log = join(directory, "console.log");
  const { console, qemu } = await consoleWith(log);
  qemu.end("Linux version 6.12\nprezero-init: ready\n");
  expect(await console.waitFor(/^prezero-init: ready/m, 5_000)).toBe(true);
  await console.closed;
  expect(readFileSync(log, "utf8")).toBe("Linux version 6.12\nprezero-init: ready\n");
});

describe("a log that cannot be written", () => {
  test("is an error for whoever waits, told once, and the console goes on", async () => {
    const { console, qemu } = await consoleWith("/dev/full");
    qemu.write("Linux version 6.12\n");
    await expect(console.unlogged).rejects.toMatchObject({
      code: "DISK_FULL",
      exitCode: 3,
      message: expect.stringContaining("the console's log"),
    });
    qemu.end("prezero-init: ready\n");
    expect(await console.waitFor(/^prezero-init: ready/m, 5_000)).toBe(true);
  });

  test("is an error at once when it cannot even be made", async () => {
    await expect(consoleWith(directory)).rejects.toMatchObject({ code: "PLACE_UNUSABLE", exitCode: 2 });
  });
});

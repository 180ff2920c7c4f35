import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { QmpClient } from "../../harness/qemu/qmp.ts";
import {
  QmpClosedError,
  QmpCommandError,
  QmpConnectError,
  QmpProtocolError,
  QmpTimeoutError,
  versionText,
} from "../../harness/qemu/qmp-message.ts";

const GREETING = {
  QMP: { version: { qemu: { major: 7, minor: 2, micro: 22 }, package: "Debian 1:7.2" }, capabilities: ["oob"] },
};
const TIMEOUT_MS = 200;
const stamp = { seconds: 1, microseconds: 2 };

let directory: string;
let monitor: Socket;
let client: Socket;

/** Two ends of a connection: the monitor's is played by the test. */
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "qmp-"));
  const path = join(directory, "qmp");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const accepted = new Promise<Socket>((resolve) => server.once("connection", resolve));
  client = connect(path);
  monitor = await accepted;
  monitor.on("error", () => {});
  server.close();
});
afterEach(() => {
  monitor.destroy();
  client.destroy();
  rmSync(directory, { recursive: true });
});

const say = (message: object) => monitor.write(`${JSON.stringify(message)}\r\n`);
/** Plays a monitor that answers each command; undefined is silence. */
const answering = (answer: (command: string, id: number) => object | undefined) => {
  createInterface(monitor).on("line", (line) => {
    const { execute, id } = JSON.parse(line) as { execute: string; id: number };
    const message = execute === "qmp_capabilities" ? { return: {}, id } : answer(execute, id);
    if (message) say(message);
  });
  say(GREETING);
};
const attach = (limitBytes?: number) => QmpClient.attach(client, TIMEOUT_MS, limitBytes);

describe("talking to QEMU's monitor", () => {
  it("reads the greeting, negotiates, and matches answers to commands by id", async () => {
    answering((command, id) => ({ return: { asked: command }, id }));
    const qmp = await attach();
    expect(versionText(qmp.greeting)).toBe("7.2.22 (Debian 1:7.2)");
    const schema = z.object({ asked: z.string() });
    const both = await Promise.all([qmp.execute("query-kvm", {}, schema), qmp.execute("query-status", {}, schema)]);
    expect(both).toEqual([{ asked: "query-kvm" }, { asked: "query-status" }]);
  });

  it("passes events on, to a listener and to who waits for one", async () => {
    answering(() => undefined);
    const qmp = await attach();
    const heard: string[] = [];
    qmp.onEvent("RESET", (event) => heard.push(event.event));
    const waited = qmp.nextEvent("SHUTDOWN", TIMEOUT_MS);
    say({ event: "RESET", timestamp: stamp });
    say({ event: "SHUTDOWN", data: { guest: true }, timestamp: stamp });
    expect((await waited).data).toEqual({ guest: true });
    expect(heard).toEqual(["RESET"]);
  });

  it("says what was refused, and keeps what was sent and received", async () => {
    answering((_command, id) => ({ error: { class: "GenericError", desc: "Bus 'pcie.9' not found" }, id }));
    const qmp = await attach();
    const error = await qmp
      .execute("device_add", { driver: "edu" }, z.unknown())
      .catch((thrown) => thrown as QmpCommandError);
    if (!(error instanceof QmpCommandError)) expect.fail("should have been refused");
    expect(error).toMatchObject({ code: "QMP_COMMAND", qemuClass: "GenericError" });
    expect(error.message).toContain("Bus 'pcie.9' not found");
    expect(error.sent).toContain('"driver":"edu"');
    expect(error.received).toContain("GenericError");
  });

  it("gives up on a greeting that does not come", async () => {
    await expect(attach()).rejects.toBeInstanceOf(QmpConnectError);
  });

  it("refuses what is not QMP, as the greeting and later", async () => {
    monitor.write("220 mail.example ESMTP\r\n");
    const error = await attach().catch((thrown) => thrown);
    expect(error).toBeInstanceOf(QmpProtocolError);
    expect(error.received).toBe("220 mail.example ESMTP");
  });

  it("fails the command that is waiting when garbage comes instead of its answer", async () => {
    answering(() => ({ neither: "return nor error" }));
    const qmp = await attach();
    await expect(qmp.execute("query-kvm", {}, z.unknown())).rejects.toBeInstanceOf(QmpProtocolError);
    await expect(qmp.execute("query-kvm", {}, z.unknown())).rejects.toBeInstanceOf(QmpProtocolError);
  });

  it("does not read an endless line into memory", async () => {
    monitor.write("x".repeat(2_000));
    await expect(attach(1_000)).rejects.toThrow("more than 1000 bytes");
  });

  it("refuses an answer of another shape", async () => {
    answering((_command, id) => ({ return: { enabled: "perhaps" }, id }));
    const qmp = await attach();
    const asked = qmp.execute("query-kvm", {}, z.object({ enabled: z.boolean() }));
    await expect(asked).rejects.toThrow(/Unexpected answer to query-kvm[\s\S]*enabled/);
  });

  it("has a deadline for each command and each event", async () => {
    answering(() => undefined);
    const qmp = await attach();
    await expect(qmp.execute("query-kvm", {}, z.unknown(), 50)).rejects.toBeInstanceOf(QmpTimeoutError);
    await expect(qmp.nextEvent("SHUTDOWN", 50)).rejects.toBeInstanceOf(QmpTimeoutError);
  });

  it("fails everything that waits when the connection ends", async () => {
    answering(() => undefined);
    const qmp = await attach();
    const waiting = Promise.allSettled([qmp.execute("stop", {}, z.unknown()), qmp.nextEvent("STOP", TIMEOUT_MS)]);
    monitor.destroy();
    for (const result of await waiting) {
      expect(result.status === "rejected" && result.reason).toBeInstanceOf(QmpClosedError);
    }
  });
});

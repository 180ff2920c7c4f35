import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { InfrastructureError } from "../../harness/base/errors.ts";
import { exitError, QemuProcess } from "../../harness/qemu/launch.ts";
import { SocketListener } from "../../harness/qemu/socket-listener.ts";
import { fakeQemu } from "../fakes/fake-qemu.ts";
import { isAlive } from "../fakes/processes.ts";
import { $ } from "../fakes/shell.ts";

let directory: string;
let console: SocketListener;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "launch-"));
  console = await SocketListener.listen(join(directory, "console"));
});
afterEach(() => {
  console[Symbol.dispose]();
  rmSync(directory, { recursive: true });
});

const launch = (behaviour: string, greetingTimeoutMs = 10_000) => {
  const qmpSocket = join(directory, "qmp");
  const sockets = [
    ...["-chardev", `socket,id=console,path=${console.path}`],
    ...["-chardev", `socket,id=qmp,path=${qmpSocket}`],
  ];
  return QemuProcess.launch($, {
    program: fakeQemu,
    args: ["-kernel", behaviour, ...sockets],
    reproducer: `qemu-system-x86_64 -kernel ${behaviour}`,
    qmpSocket,
    greetingTimeoutMs,
  });
};
const failure = (behaviour: string, greetingTimeoutMs?: number) =>
  launch(behaviour, greetingTimeoutMs).then(
    () => expect.fail("QEMU should not have started"),
    (error: unknown) => error as InfrastructureError,
  );

describe("starting QEMU", () => {
  it("has a monitor when it is up, tells which accelerator runs, and is gone when disposed", async () => {
    const qemu = await launch("healthy");
    expect(await qemu.accelerator()).toBe("tcg");
    await qemu[Symbol.asyncDispose]();
    expect(await qemu.exited).toMatchObject({ exitCode: 0 });
    expect(isAlive(qemu.pid)).toBe(false);
  });

  it("reports an early exit with what QEMU printed and a command line to repeat it", async () => {
    expect(await failure("early-exit")).toMatchObject({
      code: "QEMU_EXITED",
      exitCode: 3,
      message: "QEMU exited with code 1 before it was asked to",
      detail: "qemu-system-x86_64: -device intel-iommu: no such property",
      reproducer: "qemu-system-x86_64 -kernel early-exit",
    });
  });

  it("knows that the host reset itself, which a triple fault does without a word on the console", async () => {
    const qemu = await launch("reset");
    await qemu.accelerator();
    const exit = await qemu.exited;
    expect(exitError(exit, qemu.reproducer).message).toBe(
      "QEMU exited with code 0 (guest-reset) before it was asked to",
    );
  });

  it("gives up on a monitor that never connects", async () => {
    const error = await failure("no-connect", 1_500);
    expect(error).toMatchObject({ code: "QMP_CONNECT" });
    expect(error.message).toContain("did not connect within 1500 ms");
  });

  it("gives up on a monitor that connects and says nothing", async () => {
    const error = await failure("no-greeting", 2_500);
    expect(error).toMatchObject({ code: "QMP_CONNECT" });
  });

  it("refuses garbage and shows it", async () => {
    expect(await failure("garbage")).toMatchObject({
      code: "QMP_PROTOCOL",
      detail: "received: SSH-2.0-OpenSSH_9.2",
    });
  });

  it("refuses a line without end", async () => {
    expect(await failure("endless-line")).toMatchObject({ code: "QMP_PROTOCOL" });
  });

  it("says how to install a QEMU that is missing", async () => {
    const started = QemuProcess.launch($, {
      program: "qemu-system-that-is-not-there",
      args: [],
      reproducer: "",
      qmpSocket: join(directory, "qmp"),
      greetingTimeoutMs: 5_000,
    });
    await expect(started).rejects.toMatchObject({ code: "QEMU_MISSING", remedy: "npm run setup" });
  });

  it("notices a QEMU that crashes later", async () => {
    const qemu = await launch("crash");
    await qemu.accelerator().catch(() => {});
    expect(await qemu.exited).toMatchObject({ signal: "SIGSEGV" });
    await expect(qemu.accelerator()).rejects.toMatchObject({ code: "QMP_CLOSED" });
    await qemu[Symbol.asyncDispose]();
  });
});

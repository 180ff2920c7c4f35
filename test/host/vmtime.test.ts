import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "vmtime-"));
  const source = projectPath("harness/host/programs/vmtime.c");
  execFileSync("gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-static", "-o", join(directory, "vmtime"), source]);
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs vmtime; in its arguments FIFO stands for a name in the test's directory. */
function vmtime(...args: string[]) {
  const fifo = join(directory, "fifo");
  const given = args.map((arg) => arg.replaceAll("FIFO", fifo).replaceAll("PIDFILE", join(directory, "pid")));
  const { status, stdout, stderr } = spawnSync(join(directory, "vmtime"), given, { encoding: "utf8" });
  return { status, stderr, timing: stdout === "" ? undefined : JSON.parse(stdout) };
}

/** In the place of a QEMU: goes on in the background and tells its process, like one with -daemonize and -pidfile. */
const daemon = (work: string) => ["sh", "-c", `(${work}) >/dev/null 2>&1 & echo $! > PIDFILE`, "-pidfile", "PIDFILE"];

describe("vmtime", () => {
  it("times a process to its end and tells the daemon that it left, with both clocks in agreement", () => {
    const { status, timing } = vmtime(...daemon("sleep 1"));
    expect(status).toBe(0);
    expect(timing).toMatchObject({ exitCode: 0, pid: Number(readFileSync(join(directory, "pid"), "utf8")) });
    expect(timing.execSeconds).toBeGreaterThan(0);
    expect(timing.seconds).toBeGreaterThan(timing.execSeconds);
    expect(timing.seconds).toBeLessThan(0.9);
    expect(timing.endedAt - timing.startedAt).toBeCloseTo(timing.seconds, 3);
  });

  it("goes on until the guest has written the word to its serial port", () => {
    const guest = daemon("printf 'Linux ver' > FIFO; sleep 0.3; printf 'sion\\nguest: up\\n' > FIFO; sleep 1");
    // The serial port stays open as QEMU's does: a second writer keeps it.
    guest[2] = `exec 3<>FIFO; ${guest[2]}`;
    const { timing } = vmtime("--until", "FIFO", "guest: up", "20", ...guest);
    expect(timing.exitCode).toBe(0);
    expect(timing.seconds).toBeGreaterThan(0.3);
    expect(timing.seconds).toBeLessThan(1);
    expect(statSync(join(directory, "fifo")).isFIFO()).toBe(true);
  });

  it("gives a guest up that does not write it, and shows what it wrote instead", () => {
    const guest = daemon("printf 'Kernel panic\\n' >&3; sleep 3");
    guest[2] = `exec 3>FIFO; ${guest[2]}`;
    const { timing, stderr } = vmtime("--until", "FIFO", "guest: up", "0.2", ...guest);
    expect(timing).toMatchObject({ seconds: null, exitCode: 0 });
    expect(stderr).toBe("Kernel panic\n");
  });

  it("does not wait for a guest whose QEMU has died", () => {
    const guest = daemon("sleep 0.2");
    guest[2] = `exec 3>FIFO; ${guest[2]}`;
    const startedMs = Date.now();
    expect(vmtime("--until", "FIFO", "guest: up", "60", ...guest).timing.seconds).toBeNull();
    expect(Date.now() - startedMs).toBeLessThan(20_000);
  });

  it("tells the exit code of a QEMU that fails, and has none of one that cannot be run", () => {
    expect(vmtime("sh", "-c", "exit 3").timing).toMatchObject({ exitCode: 3, pid: 0 });
    expect(vmtime("sh", "-c", "kill -KILL $$").timing).toMatchObject({ exitCode: 137 });
    expect(vmtime("/nonexistent/qemu")).toEqual({
      status: 127,
      stderr: "/nonexistent/qemu: No such file or directory\n",
      timing: undefined,
    });
    expect(vmtime().status).toBe(2);
  });
});

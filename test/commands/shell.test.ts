import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fakeQemu } from "../fakes/fake-qemu.ts";
import { eventually, isAlive } from "../fakes/processes.ts";

const cli = join(import.meta.dirname, "../../harness/cli.ts");
let directory: string;

/** The whole command line, with a QEMU in PATH that is none, and an image that has a kernel's header and nothing else. */
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "shell-"));
  mkdirSync(join(directory, "bin"));
  symlinkSync(fakeQemu, join(directory, "bin/qemu-system-x86_64"));
});
afterAll(() => rmSync(directory, { recursive: true }));

function image(behaviour: string): string {
  const header = Buffer.alloc(1024);
  header.write("HdrS", 0x202, "latin1");
  header.writeUInt16LE(0x100, 0x20e);
  header.write("6.12.117-test (somebody@somewhere) #1\0", 0x300, "latin1");
  const path = join(directory, behaviour);
  writeFileSync(path, header);
  return path;
}

type Running = {
  child: ChildProcess;
  output: () => string;
  ended: Promise<{ code: number | null; out: string; err: string }>;
};

function start(args: string[], stdin = ""): Running {
  const child = spawn(process.execPath, [cli, "shell", "--accel", "tcg", "--memory", "1G", ...args], {
    env: {
      ...process.env,
      PATH: `${join(directory, "bin")}:${process.env.PATH}`,
      PREZERO_CACHE: join(directory, "cache"),
    },
  });
  child.stdin.end(stdin);
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, out, err }));
  });
  return { child, output: () => err, ended };
}

/** Waits until the host is up and tells the process that plays its QEMU. */
async function whenUp(running: Running): Promise<number> {
  expect(await eventually(() => running.output().includes("up in"), 30_000), running.output()).toBe(true);
  const log = /serial console: (\S+)/.exec(running.output())?.[1] ?? "";
  return Number(/fake-qemu: process (\d+)/.exec(readFileSync(log, "utf8"))?.[1]);
}
const leftovers = (pid: number | undefined) =>
  readdirSync(tmpdir()).filter((name) => name.startsWith(`prezero-${pid}-`));

describe("npm run shell", { timeout: 60_000 }, () => {
  it("runs a command, passes its output on and exits with its status", async () => {
    const good = await start(["--image", image("healthy"), "--", "echo", "hello"]).ended;
    expect(good).toMatchObject({ code: 0, out: "hello\n" });
    expect(good.err).toContain("6.12.117-test, tcg, up in");
    const bad = await start(["--image", image("healthy"), "--", "exit 7"]).ended;
    expect(bad.code).toBe(7);
  });

  it("refuses a device that the host cannot have before it fetches or builds a kernel", async () => {
    const { code, err } = await start(["--device", "0000:65:00.0"]).ended;
    expect(code).toBe(2);
    expect(err).toContain("DEVICE_NOT_NESTED");
    expect(existsSync(join(directory, "cache/sources"))).toBe(false);
  });

  it("runs what comes on stdin when there is no terminal and no command", async () => {
    expect(await start(["--image", image("healthy")], "echo from stdin").ended).toMatchObject({
      code: 0,
      out: "from stdin\n",
    });
  });

  it("stops in order at Ctrl-C: exit 130, no process, no directory left", async () => {
    const running = start(["--image", image("healthy"), "--", "sleep 100"]);
    const qemu = await whenUp(running);
    expect(isAlive(qemu)).toBe(true);
    running.child.kill("SIGINT");
    const ended = await running.ended;
    expect(ended.code).toBe(130);
    expect(ended.err).toContain("[INTERRUPTED]");
    expect(isAlive(qemu)).toBe(false);
    expect(leftovers(running.child.pid)).toEqual([]);
  });

  it("leaves no process when it is killed, and the next run removes its directory", async () => {
    const running = start(["--image", image("healthy"), "--", "sleep 100"]);
    const qemu = await whenUp(running);
    running.child.kill("SIGKILL");
    await running.ended;
    expect(await eventually(() => !isAlive(qemu), 5_000)).toBe(true);
    expect(leftovers(running.child.pid)).toHaveLength(1);
    await start(["--image", image("healthy"), "--", "true"]).ended;
    expect(leftovers(running.child.pid)).toEqual([]);
  });

  it("shows the panic of a kernel and exits 3", async () => {
    const ended = await start(["--image", image("panic"), "--", "true"]).ended;
    expect(ended.code).toBe(3);
    expect(ended.err).toContain("[KERNEL_PANIC]");
    expect(ended.err).toContain("kernel_init+0xb1/0x1a0");
  });

  it("refuses what it cannot do, naming what is allowed, and exits 2", async () => {
    const refusals: [string[], string][] = [
      [["--image", "/does/not/exist"], "IMAGE_UNREADABLE"],
      [["--image", fakeQemu], "NOT_A_KERNEL"],
      [["--memory", "lots"], "allowed: a size such as 64G"],
      [["--memory", "1M", "--image", image("healthy")], "HOST_MEMORY_RANGE"],
      // Before a kernel is fetched and built.
      [["--memory", "64T"], "HOST_MEMORY_RANGE"],
      [["--cpus", "0"], "whole number from 1"],
      [["--accel", "hvf"], "auto, kvm, tcg"],
      [["--variant", "best"], "base, prezero"],
      [["--cpu-model", "nosuchcpu"], 'QEMU has no CPU model "nosuchcpu"'],
      [["--cpu-model", "help"], "The closest is max"],
      [["--cpu-model", "max,foo"], "Property 'max-x86_64-cpu.foo' not found"],
      [["--device", "0000:65:00.0"], "Allowed: emulated"],
      [["--kernel", ""], "Allowed: 6.12"],
      [["--frobnicate"], "unknown option"],
    ];
    const check = async ([args, words]: [string[], string]) => {
      const ended = await start([...args, "--", "true"]).ended;
      expect(ended.err).toContain(words);
      expect(ended.code, args.join(" ")).toBe(2);
    };
    await Promise.all(refusals.map(check));
  });

  it("prints the QEMU command line on --dry-run", async () => {
    const ended = await start(["--dry-run", "--image", image("healthy"), "--cpu-model", "max,-erms"]).ended;
    expect(ended.code).toBe(0);
    expect(ended.out).toContain("-cpu max,-erms -smp 2 -m 1024M");
  });
});

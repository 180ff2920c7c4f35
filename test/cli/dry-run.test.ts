import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FakeKernel } from "../kernel/fake-kernel.ts";
import { CommandLine, type Ended } from "./command-line.ts";
import { FakeMachine } from "./fake-machine.ts";

/** What differs from run to run: places for temporary files, process ids, the group that a device is in. */
function comparable(lines: string[]): string[] {
  const same: [RegExp, string][] = [
    [/\S*\/prezero-\d+-\w+/g, "TMP"],
    [/RESULTS\S*\/console/g, "RESULTS/console"],
    [/(\/proc\/|kill -KILL |for pid in )\d+/g, "$1PID"],
    [/\/dev\/vfio\/\d+/g, "/dev/vfio/GROUP"],
  ];
  return lines.map((line) => same.reduce((text, [pattern, by]) => text.replace(pattern, by), line));
}

/** What -v announced as run, without what only reads; a command on the host may have several lines. */
function ranIn({ stderr }: Ended): string[] {
  const announced = stderr.split(/^(?=[+?] )/m).filter((part) => part.startsWith("+ "));
  const lines = announced.flatMap((part) => {
    const [first = "", ...rest] = part.slice(2).split("\n");
    return [
      first,
      ...rest.slice(0, first.startsWith("# ") ? rest.findLastIndex((line) => line.startsWith("# ")) + 1 : 0),
    ];
  });
  return comparable(lines.filter((line) => line !== ""));
}

/** What a dry run printed, but for what it tells of the cache. */
function printedBy({ stdout }: Ended): string[] {
  return comparable(stdout.trim().split("\n")).filter((line) => !/^# .* is in the cache: /.test(line));
}

describe("build-kernel --dry-run", { timeout: 60_000 }, () => {
  test("prints what a build runs, and changes nothing", async () => {
    using fake = new FakeKernel();
    fake.addSymbolsOf("bench.config", "prezero.config");
    using line = new CommandLine();
    line.env.PREZERO_CACHE = fake.cache;
    const before = readdirSync(fake.cache, { recursive: true });
    const dry = await line.run("build-kernel", "--variant", "base", "--dry-run");
    expect(dry.stderr).toBe("");
    expect(withoutNodes(readdirSync(fake.cache, { recursive: true }))).toEqual(withoutNodes(before));
    const real = await line.run("-v", "build-kernel", "--variant", "base");
    expect(real.exitCode).toBe(0);
    expect(printedBy(dry)).toEqual(ranIn(real));
    expect(printedBy(dry).join("\n")).toMatch(/ARCH=x86_64 .*make O=build .* LOCALVERSION=-base-\w{8} bzImage$/m);
    const again = await line.run("build-kernel", "--variant", "base", "--dry-run");
    expect(again.stdout).toMatch(/^# kernel 6\.12 base is in the cache: \S+\n$/m);
  });

  test("--json prints the same lines for programs", async () => {
    using fake = new FakeKernel();
    using line = new CommandLine();
    line.env.PREZERO_CACHE = fake.cache;
    const args = ["build-kernel", "--variant", "both", "--dry-run"];
    const { commands } = JSON.parse((await line.run(...args, "--json")).stdout);
    expect(commands).toEqual((await line.run(...args)).stdout.trim().split("\n"));
  });
});

describe("on a machine with a kernel", () => {
  let machine: FakeMachine;
  beforeAll(async () => {
    machine = await FakeMachine.create();
    machine.begin();
  });
  afterAll(() => machine[Symbol.dispose]());

  const SHORT = [
    "--arms",
    "base",
    "--memory",
    "512M",
    "--accel",
    "tcg",
    "--sweep",
    "none",
    "--boots",
    "1",
    "--rounds",
    "1",
  ];

  test("bench --dry-run prints what a run of one boot runs, here and on the host", { timeout: 120_000 }, async () => {
    const dry = await machine.run("bench", ...SHORT, "--thp", "both", "--dry-run");
    expect(dry.exitCode).toBe(0);
    expect(readdirSync(machine.results)).toEqual([]);
    expect(existsSync(`${machine.cache}/initramfs`)).toBe(false);
    const [plan, commands = ""] = dry.stdout.split("\n\n");
    expect(plan).toContain("boots     base");
    const real = await machine.run("-v", "bench", ...SHORT, "--thp", "both");
    expect(real.exitCode).toBe(0);
    expect(printedBy({ ...dry, stdout: commands })).toEqual(ranIn(real));
    expect(commands).toMatch(/^# on the host: .*vmtime qemu-system-x86_64 .*-m 512M .*vfio-pci/m);
  });

  test("shell --dry-run prints what a shell runs; --json for programs", { timeout: 120_000 }, async () => {
    const args = ["shell", "--variant", "base", "--accel", "tcg", "--memory", "1G"];
    const dry = await machine.run(...args, "--dry-run", "--", "echo hello");
    const { commands } = JSON.parse((await machine.run(...args, "--dry-run", "--json", "--", "echo hello")).stdout);
    expect(comparable(commands).join("\n")).toBe(comparable([dry.stdout.trim()]).join());
    const real = await machine.run("-v", ...args, "--", "echo hello");
    expect(real.stdout).toBe("hello\n");
    expect(printedBy(dry)).toEqual(ranIn(real));
  });
});

/** Node keeps what it has compiled there. */
function withoutNodes(names: (string | Buffer)[]): string[] {
  return names.map(String).filter((name) => !name.startsWith("compiled"));
}

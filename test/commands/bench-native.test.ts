import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findBase } from "../../harness/kernel/bases.ts";
import { planKernel } from "../../harness/kernel/build.ts";
import { recordFile } from "../../harness/kernel/built-kernel.ts";
import { treeDir } from "../../harness/kernel/source.ts";
import { CommandLine } from "../cli/command-line.ts";
import { until } from "../cli/fake-machine.ts";
import { $ } from "../fakes/shell.ts";
import { fakeConsole, fakeSamples } from "../native/fake-samples.ts";

const commandLine = new CommandLine();
const results = join(commandLine.results, "native");
let program: string;

/** A kernel where the build would have put it, and an unshare that mounts nothing. */
beforeAll(async () => {
  const before = process.env.PREZERO_CACHE;
  process.env.PREZERO_CACHE = commandLine.cache;
  try {
    const base = await findBase("6.12");
    mkdirSync(treeDir(base.source.package, base.source.version), { recursive: true });
    const { dir, patches } = await planKernel($, { base, variant: "native" });
    mkdirSync(dir, { recursive: true });
    const of = { base: base.name, packageName: base.source.package, version: base.source.version, pinned: true };
    const sums = {
      imageSha256: "a".repeat(64),
      configSha256: "b".repeat(64),
      steps: 1,
      afterPristine: false,
      buildSeconds: 1,
    };
    const built = { compiler: "gcc (fake)", release: "6.12.0-native", fragments: ["native-bench.config"] };
    const names = patches.map(({ name }) => name);
    writeFileSync(...recordFile(dir, { ...of, ...built, ...sums, variant: "native", patches: names }));
    program = join(dir, "linux");
  } finally {
    if (before === undefined) delete process.env.PREZERO_CACHE;
    else process.env.PREZERO_CACHE = before;
  }
  const bin = join(commandLine.root, "bin");
  mkdirSync(bin);
  script(join(bin, "unshare"), 'while [ "$1" != sh ]; do shift; done; shift 4; exec "$@"');
  commandLine.env.PATH = `${bin}:${process.env.PATH}`;
});
beforeEach(() => rmSync(commandLine.results, { recursive: true, force: true }));
afterAll(() => commandLine[Symbol.dispose]());

function script(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
}

const startsFile = join(commandLine.root, "starts");
/** Makes the kernel note its arguments, do what the shell says, and print that. */
function kernelSays(console: string, first = ""): void {
  rmSync(startsFile, { force: true });
  script(program, `echo "$@" >> ${startsFile}\n${first}\ncat <<'CONSOLE'\n${console}\nCONSOLE`);
}
const starts = () => readFileSync(startsFile, "utf8").trim().split("\n");
const file = (name: string) => readFileSync(join(results, readdirSync(results)[0] ?? "", name), "utf8");

describe("npm run bench:native", () => {
  test("starts the program as often as asked, each time with another seed, and keeps everything", async () => {
    kernelSays(fakeConsole(fakeSamples()));
    const { exitCode, stdout } = await commandLine.run("bench-native", "--runs", "6", "--name", "mine");
    expect(exitCode).toBe(0);
    expect(new Set(starts().map((line) => /native_seed=(\d+)/.exec(line)?.[1])).size).toBe(6);
    expect(readdirSync(results)[0]).toMatch(/-mine$/);
    expect(JSON.parse(file("run.json"))).toMatchObject({
      kind: "native",
      state: "finished",
      runs: 6,
      arguments: ["--runs", "6", "--name", "mine"],
      kernel: { release: "6.12.0-native", patches: expect.arrayContaining(["native-bench.patch"]) },
    });
    expect(file("samples.jsonl").trim().split("\n")).toHaveLength(6 * fakeSamples().length);
    expect(stdout).toMatch(/4K +190 +200 +50\.0 +150 +4\.00 +4\.00 to 4\.00/);
    expect(stdout).toContain("!! Native on User Mode Linux: page clearing is that of real hardware");
    expect(file("table.md")).toContain("| 4K | 190 | 200 | 50.0 | 150 | 4.00 | 4.00 to 4.00 |");
  });

  test("--show makes the same table again, byte for byte, from what is kept", async () => {
    kernelSays(fakeConsole(fakeSamples()));
    const { stdout } = await commandLine.run("bench-native", "--runs", "2");
    const table = file("table.md");
    rmSync(join(results, readdirSync(results)[0] ?? "", "table.md"));
    const shown = await commandLine.run("bench-native", "--show");
    expect(shown.stdout).toBe(stdout);
    expect(file("table.md")).toBe(table);
  });

  test("--json prints the figures and nothing else on stdout", async () => {
    kernelSays(fakeConsole(fakeSamples()));
    const { stdout } = await commandLine.run("bench-native", "--runs", "1", "--json");
    const summary = JSON.parse(stdout);
    expect(summary.worker.cpuOverClearPage).toMatchObject({ value: expect.closeTo(1.1, 6), interval: null });
  });

  test("runs stand in the list of `results` with those of bench", async () => {
    kernelSays(fakeConsole(fakeSamples()));
    await commandLine.run("bench-native", "--runs", "1");
    const { exitCode, stdout } = await commandLine.run("results");
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/-native +3\.80 +too few runs/)]);
  });
});

describe("a program that does not measure", () => {
  test.each([
    ["panics", "Kernel panic - not syncing: VFS", "KERNEL_PANIC", 3],
    ["prints garbage", "\u0007?? 12:00 ??", "KUNIT_INCOMPLETE", 3],
    ["prints another JSON", fakeConsole(fakeSamples()).replace('"takeNs"', '"ns"'), "NATIVE_UNREADABLE", 1],
  ])("and %s ends the run, says why and how to repeat it, and is in the record", async (_, console, code, exit) => {
    kernelSays(console);
    const { exitCode, stderr } = await commandLine.run("bench-native", "--runs", "2");
    expect(stderr).toContain(`[${code}]`);
    expect(stderr).toMatch(/^reproduce: \S+\/linux mem=1G .*native_seed=\d+$/m);
    expect(exitCode).toBe(exit);
    expect(JSON.parse(file("run.json"))).toMatchObject({ state: "failed", failure: { code }, finishedAt: null });
  });

  test("after some that did leaves what they measured", async () => {
    kernelSays(fakeConsole(fakeSamples()), `[ $(wc -l < ${startsFile}) -lt 3 ] || exit 1`);
    expect((await commandLine.run("bench-native", "--runs", "4")).exitCode).toBe(3);
    expect(starts()).toHaveLength(3);
    const { stdout } = await commandLine.run("bench-native", "--show");
    expect(stdout).toContain("!! INCOMPLETE: 2 of 4 runs (failed).");
  });

  test("and hangs is stopped by Ctrl-C, with 130 and nothing left behind", async () => {
    const pidFile = join(commandLine.root, "pid");
    kernelSays("KTAP version 1", `echo $$ > ${pidFile}; sleep 100`);
    const { child, ended } = commandLine.start("bench-native");
    await until(() => existsSync(pidFile) && readFileSync(pidFile, "utf8").trim() !== "");
    child.kill("SIGINT");
    expect((await ended).exitCode).toBe(130);
    expect(JSON.parse(file("run.json"))).toMatchObject({ state: "interrupted", failure: null });
    expect(existsSync(`/proc/${readFileSync(pidFile, "utf8").trim()}`)).toBe(false);
  });
});

test("--dry-run prints the commands and runs nothing", async () => {
  const ran = join(commandLine.root, "ran");
  script(program, `touch ${ran}`);
  const { exitCode, stdout } = await commandLine.run("bench-native", "--dry-run", "--runs", "3");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^# kernel 6\.12 native is in the cache: /m);
  expect(stdout).toMatch(/\/linux mem=1G .*native_seed=1\n# 3 times in all, with other seeds\n$/);
  expect([existsSync(ran), existsSync(results)]).toEqual([false, false]);
});

test.each([
  [["--runs", "0"], "--runs 0: allowed: a whole number from 1 to 100"],
  [["--runs", "many"], "--runs many: allowed: a whole number from 1 to 100"],
  [["--runs", "101"], "--runs 101: allowed: a whole number from 1 to 100"],
  [["--name", "a/b"], "--name a/b: allowed: up to 60 letters"],
  [["--kernel", "2.4"], "Allowed: 6.12"],
  [["--show", "nothing"], "There is no run in"],
  [["--quick"], "unknown option '--quick'"],
])("%j is the caller's mistake, and what is allowed is named", async (args, named) => {
  const { exitCode, stderr } = await commandLine.run("bench-native", ...args);
  expect(stderr).toContain(named);
  expect(exitCode).toBe(2);
});

test("results that cannot be kept are refused before anything is built", async () => {
  const file = join(commandLine.root, "a-file");
  writeFileSync(file, "");
  const before = commandLine.env.PREZERO_RESULTS;
  commandLine.env.PREZERO_RESULTS = file;
  const { exitCode, stderr } = await commandLine.run("bench-native");
  commandLine.env.PREZERO_RESULTS = before;
  expect(stderr).toContain(`The results cannot be in ${file}/native`);
  expect(stderr).toContain("PREZERO_RESULTS=DIR");
  expect(exitCode).toBe(2);
});

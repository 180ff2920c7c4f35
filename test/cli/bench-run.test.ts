import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { readRun, readSamples } from "../../harness/run/store.ts";
import { FakeMachine, until } from "./fake-machine.ts";

/** A short run: two boots of the plain kernel, in each of them two creations. */
const SHORT = ["--arms", "base", "--memory", "512M", "--thp", "on", "--boots", "2", "--rounds", "2", "--accel", "tcg"];

vi.setConfig({ testTimeout: 120_000 });
const machine = await FakeMachine.create();
beforeEach(() => machine.begin());
afterAll(() => machine[Symbol.dispose]());

/** Directory of the one run there is. */
const onlyRun = () => {
  const names = readdirSync(machine.results);
  expect(names).toHaveLength(1);
  return join(machine.results, names[0] ?? "");
};
const samplesTaken = () => (readdirSync(machine.results).length > 0 ? readSamples(onlyRun()).length : 0);

test("a run prints the table and leaves its record, samples, consoles and report", async () => {
  const { exitCode, stdout, stderr } = await machine.run("bench", ...SHORT, "--name", "short");
  expect(stderr).toContain("boot 2/2 base, THP on, 512M, round 2: 3.23 s, huge 98.9 %");
  expect(exitCode).toBe(0);
  const runDir = onlyRun();
  expect(stdout).toContain("-short: table.md, report.html, samples.jsonl, run.json, console/");
  expect(stdout).toContain("3.23");
  const run = readRun(runDir);
  expect(run).toMatchObject({ state: "finished", arguments: [...SHORT, "--name", "short"] });
  expect(run.settings).toMatchObject({ arms: ["base"], thp: ["on"], boots: 2, rounds: 2, accelerator: "tcg" });
  expect(readSamples(runDir)).toHaveLength(4);
  expect(readdirSync(join(runDir, "console"))).toEqual(["boot-01-base.log", "boot-02-base.log"]);
  expect(readFileSync(join(runDir, "console/boot-01-base.log"), "utf8")).toContain("prezero-init: ready");
  for (const file of ["table.md", "report.html"]) expect(existsSync(join(runDir, file))).toBe(true);
  expect(machine.processesLeft()).toEqual([]);
});

test("a scenario with a program runs it instead of creating VMs", async () => {
  const { exitCode, stdout, stderr } = await machine.run("bench", ...SHORT, "--scenario", "populate-map");
  expect(stderr).toContain("boot 2/2 base, THP on, 512M, round 2: 1.62 s, huge 75.0 %\n");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Result: MAP_POPULATE of 512M of anonymous memory, seconds\n");
  expect(stdout).toMatch(/on +512M +base +unmap, s +0\.125 /);
  const samples = readSamples(onlyRun());
  expect(samples.map(({ seconds }) => seconds)).toEqual([1.618034, 1.618034, 1.618034, 1.618034]);
  expect(machine.processesLeft()).toEqual([]);
});

test("a program that the host does not have ends the run with its words", async () => {
  const { exitCode, stderr } = await machine.run("bench", ...SHORT, "--scenario", "fork");
  expect(stderr).toMatch(/The measuring program failed \(exit code 127\): forkcopy 512 on \[PROGRAM_FAILED\]/);
  expect(stderr).toContain("fake host: forkcopy 512 on: not found");
  expect(exitCode).toBe(3);
  expect(readRun(onlyRun())).toMatchObject({ state: "failed", failure: { code: "PROGRAM_FAILED" } });
});

test("--json prints nothing but JSON on stdout", async () => {
  const { exitCode, stdout } = await machine.run("bench", ...SHORT, "--json");
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ run: { state: "finished" }, effects: [] });
});

test("requirements decide the exit code; KTAP and JUnit have a case for each, and for each effect", async () => {
  const args = ["--arms", "base,base-again", "--memory", "512M", "--sweep", "none", "--thp", "on", "--boots", "4"];
  const [ktap, junit] = ["out.ktap", "out.xml"].map((name) => join(machine.results, "..", name)) as [string, string];
  const { exitCode, stdout, stderr } = await machine.run(
    ...["bench", ...args, "--rounds", "1", "--accel", "tcg", "--ktap", ktap, "--junit", junit],
    ...["--require", "thp-on:base-again >= 1", "--require", "thp-on:base-again > 1"],
  );
  // The fake machine takes the same time for every VM: ratio and interval are 1.
  expect(stdout).toMatch(/on +base-again +1\.00 +1\.00 to 1\.00 +A\/A: noise floor +3\.23 +3\.23\b/);
  expect(stdout).toContain(
    "ok      requirements: thp-on:base-again >= 1: low end 1 (base/arm 1.00, interval 1.00 to 1.00)",
  );
  expect(stderr).toMatch(/^error: 1 of 2 requirements not met \[REQUIREMENT_MISSED\]$/m);
  expect(stderr).toMatch(/^ {2}\| thp-on:base-again > 1: low end 1 /m);
  expect(exitCode).toBe(1);
  expect(readFileSync(ktap, "utf8")).toMatch(
    /^ {4}# no difference that matters, .*\n {4}ok 1 THP on, 512M, base-again$/m,
  );
  expect(readFileSync(junit, "utf8")).toContain('<testsuite name="requirements" tests="2" failures="1" skipped="0">');
  expect(readRun(onlyRun()).state).toBe("finished");
});

test("a requirement that the run cannot answer is refused before anything runs", async () => {
  for (const [require, ...more] of [["thp-off >= 2"], ["thp-on:base-again >= 1", "--arms", "base,base-again"]]) {
    const { exitCode, stderr } = await machine.run("bench", ...SHORT, ...more, "--require", require as string);
    expect(stderr).toContain("[REQUIREMENT_UNANSWERABLE]");
    expect(exitCode).toBe(2);
  }
  expect(readdirSync(machine.results)).toEqual([]);
});

test("a bare --resume does not take a run that never measured anything", async () => {
  machine.behave("panics-at-creation-1");
  expect((await machine.run("bench", ...SHORT)).exitCode).toBe(3);
  const bare = await machine.run("bench", "--resume");
  expect(bare.stderr).toMatch(/No run in .* has samples and is unfinished \[NOTHING_TO_RESUME\]/);
  expect(bare.exitCode).toBe(2);
  const named = await machine.run("bench", "--resume", basename(onlyRun()), "--dry-run");
  expect(named.exitCode).toBe(0);
});

test("a scenario whose guests boot gives every host the plain kernel for them and records which it was", async () => {
  const { exitCode, stdout, stderr } = await machine.run("bench", ...SHORT, "--scenario", "guest-boot");
  expect(stderr).toContain("boot 2/2 base, THP on, 512M, round 2: 3.23 s");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/VMs run +until the guest, a plain kernel/);
  expect(readRun(onlyRun())).toMatchObject({
    settings: { conditions: { until: "user-space" } },
    guestKernel: { variant: "base", imageSha256: "a".repeat(64) },
  });
  // The fake QEMU's trace ends without a guest that runs: no phases, rather than wrong ones.
  expect(readSamples(onlyRun()).map((sample) => sample.phases)).toEqual([null, null, null, null]);
});

test("--traces leaves a trace of each sample, and the table has the phases", async () => {
  const { exitCode, stdout } = await machine.run("bench", ...SHORT, "--traces");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("console/, traces/");
  expect(stdout).toContain("Phases of a creation, VM of 512M, seconds");
  expect(readdirSync(join(onlyRun(), "traces"))).toEqual([
    "boot-01-base-thp-on-512M-round-1.json",
    "boot-01-base-thp-on-512M-round-2.json",
    "boot-02-base-thp-on-512M-round-1.json",
    "boot-02-base-thp-on-512M-round-2.json",
  ]);
});

test("a kernel that panics: the oops is shown, exit 3, the samples so far are kept, and the run can go on", async () => {
  machine.behave("well", "panics-at-creation-2");
  const { exitCode, stderr } = await machine.run("bench", ...SHORT);
  expect(stderr).toMatch(/The kernel under test panicked: .*\[KERNEL_PANIC\]/);
  expect(stderr).toMatch(/^ {2}\| .*Kernel panic - not syncing/m);
  expect(stderr).toMatch(/^remedy: .*boot-02-base\.log/m);
  expect(exitCode).toBe(3);
  const runDir = onlyRun();
  expect(readRun(runDir)).toMatchObject({ state: "failed", failure: { code: "KERNEL_PANIC" } });
  expect(readSamples(runDir)).toHaveLength(3);
  expect(machine.processesLeft()).toEqual([]);

  const resumed = await machine.run("bench", "--resume");
  expect(resumed.stderr).toContain("1 of 2 boots left");
  expect(resumed.exitCode).toBe(0);
  const run = readRun(runDir);
  expect(run.boots.map(({ slot, finishedAt }) => [slot, finishedAt !== null])).toEqual([
    [1, true],
    [2, false],
    [2, true],
  ]);
  expect(readSamples(runDir)).toHaveLength(5);
});

test.each(["0000:65:00.0", "0000:00:1f.3"])(
  "a device that the host does not have to assign (%s) is the caller's mistake, told before anything is built",
  async (device) => {
    const { exitCode, stderr } = await machine.run("bench", ...SHORT, "--device", device);
    expect(stderr).toMatch(/the nested host .* \[DEVICE_NOT_NESTED\]\nremedy: Allowed: emulated/);
    expect(exitCode).toBe(2);
    expect(readdirSync(machine.results)).toEqual([]);
    expect(machine.processesLeft()).toEqual([]);
  },
);

test("Ctrl-C in the middle of a creation: no process left, the samples kept, exit 130", async () => {
  machine.behave("hangs-at-creation-2");
  const bench = machine.start("bench", ...SHORT);
  await until(() => samplesTaken() === 1);
  expect(machine.processesLeft()).not.toEqual([]);
  bench.child.kill("SIGINT");
  const { exitCode, stderr } = await bench.ended;
  expect(stderr).toMatch(/Interrupted while measuring; 2 of 2 boots left/);
  expect(stderr).toMatch(/--resume/);
  expect(exitCode).toBe(130);
  expect(machine.processesLeft()).toEqual([]);
  expect(readRun(onlyRun()).state).toBe("interrupted");
  expect(samplesTaken()).toBe(1);
});

test("a harness that is killed outright leaves no process and nothing half written, and its run goes on", async () => {
  machine.behave("well", "hangs-at-creation-1");
  const bench = machine.start("bench", ...SHORT);
  await until(() => samplesTaken() === 2);
  bench.child.kill("SIGKILL");
  await bench.ended;
  await until(() => machine.processesLeft().length === 0);
  expect(readRun(onlyRun()).state).toBe("running");

  machine.behave();
  const { exitCode } = await machine.run("bench", "--resume");
  expect(exitCode).toBe(0);
  expect(readRun(onlyRun()).state).toBe("finished");
});

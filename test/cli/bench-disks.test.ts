import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readRun, readSamples } from "../../harness/run/store.ts";
import { mayMount, SmallDisk } from "../fakes/small-disk.ts";
import { FakeMachine, until } from "./fake-machine.ts";

const SHORT = ["--arms", "base", "--memory", "512M", "--thp", "on", "--boots", "1", "--rounds", "2", "--accel", "tcg"];

vi.setConfig({ testTimeout: 120_000 });
const machine = await FakeMachine.create();
beforeEach(() => machine.begin());
afterAll(() => machine[Symbol.dispose]());

/** Puts the results on that place. */
function resultsOn(path: string): void {
  machine.results = path;
  machine.env.PREZERO_RESULTS = path;
}

/** Directory of the one run there is. */
function onlyRun(): string {
  const names = readdirSync(machine.results).filter((name) => name.startsWith("20"));
  expect(names).toHaveLength(1);
  return join(machine.results, names[0] as string);
}

describe("results that cannot be written are found before anything is built", () => {
  test.each([
    ["a file", (path: string) => writeFileSync(path, ""), ""],
    ["a directory in a file", (path: string) => writeFileSync(path, ""), "/runs"],
  ])("%s", async (_, make, below) => {
    const path = join(machine.root, `no-directory${below.replace("/", "-")}`);
    make(path);
    resultsOn(`${path}${below}`);
    const { exitCode, stderr } = await machine.run("bench", ...SHORT);
    expect(stderr).toMatch(/^error: The results cannot be in .*\[PLACE_UNUSABLE\]/);
    expect(stderr).toContain("PREZERO_RESULTS=DIR");
    expect(exitCode).toBe(2);
  });

  test("a place that answers as /proc does", async () => {
    resultsOn("/proc/none/results");
    const { exitCode, stderr } = await machine.run("bench", ...SHORT);
    expect(stderr).toMatch(/^error: The results cannot be in /);
    expect(exitCode).toBe(2);
  });

  test.runIf(mayMount)("a full disk, and a read-only one", async () => {
    using disk = new SmallDisk();
    resultsOn(join(disk.path, "results"));
    disk.fill();
    const full = await machine.run("bench", ...SHORT);
    expect(full.stderr).toMatch(
      /^error: The disk that holds the results in .* is full: 0\.0 GiB are left \[DISK_FULL\]/,
    );
    expect(full.exitCode).toBe(3);
    disk.makeReadOnly();
    const readOnly = await machine.run("bench", ...SHORT);
    expect(readOnly.stderr).toMatch(/^error: .* is mounted read-only \[DISK_READ_ONLY\]/);
    expect(readOnly.exitCode).toBe(3);
  });
});

describe.runIf(mayMount)("a results disk that becomes full", () => {
  test("by what a kernel prints ends the run as the disk's fault, and the run goes on when there is room", async () => {
    using disk = new SmallDisk(5);
    resultsOn(disk.path);
    machine.behave("floods-at-creation-2");
    const flooded = await machine.run("bench", ...SHORT);
    expect(flooded.stderr).toMatch(/^error: The disk that holds .* is full: 0\.0 GiB are left \[DISK_FULL\]$/m);
    expect(flooded.exitCode).toBe(3);
    expect(machine.processesLeft()).toEqual([]);
    expect(readSamples(onlyRun()).length).toBeGreaterThanOrEqual(1);

    const stillFull = await machine.run("bench", "--resume");
    expect(stillFull.stderr).toMatch(/^error: The disk that holds the results in .* is full/);
    expect(stillFull.stderr).toMatch(/^remedy: Make room there, then: npm run bench -- --resume 20\S+\.$/m);
    expect(stillFull.exitCode).toBe(3);

    rmSync(join(onlyRun(), "console/boot-01-base.log"));
    expect((await machine.run("bench", "--resume")).exitCode).toBe(0);
    expect(readRun(onlyRun()).state).toBe("finished");
  });

  test("when all is measured does not keep the table from being printed", async () => {
    using disk = new SmallDisk();
    resultsOn(disk.path);
    const bench = machine.start("bench", ...SHORT);
    await until(() => bench.stderr().includes("round 1: 3.23 s"));
    // Enough for the record and its samples, not for a page with pictures.
    disk.fill(32 * 1024);
    const { exitCode, stdout, stderr } = await bench.ended;
    expect(stdout).toMatch(/^Result: a VM of 512M/m);
    expect(stdout).toMatch(/ 3\.23 /);
    expect(stdout).not.toContain("Everything is in");
    expect(stderr).toMatch(/^error: The disk that holds the results in .* is full/m);
    expect(stderr).toMatch(/^remedy: Make room there, then: npm run results -- html 20\S+\.$/m);
    expect(exitCode).toBe(3);
    expect(readdirSync(onlyRun())).not.toContain("report.html");
    expect(readdirSync(onlyRun()).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

test("test results that cannot be written any more do not take the table with them", async () => {
  const directory = join(machine.root, "soon-gone");
  mkdirSync(directory);
  const bench = machine.start("bench", ...SHORT, "--ktap", join(directory, "out.ktap"));
  await until(() => bench.stderr().includes("round 1: 3.23 s"));
  rmSync(directory, { recursive: true });
  const { exitCode, stdout, stderr } = await bench.ended;
  expect(stdout).toMatch(/^Result: a VM of 512M/m);
  expect(stderr).toMatch(/^error: The test results out\.ktap cannot be in .*soon-gone.*\[PLACE_UNUSABLE\]/m);
  expect(exitCode).toBe(2);
  expect(readdirSync(onlyRun())).toContain("report.html");
});

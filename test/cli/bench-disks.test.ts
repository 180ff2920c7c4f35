import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { readRun, readSamples } from "../../harness/run/store.ts";
import { mayMount, SmallDisk } from "../fakes/small-disk.ts";
import { FakeMachine, until } from "./fake-machine.ts";

const SHORT = ["--arms", "base", "--memory", "512M", "--thp", "on", "--boots", "2", "--rounds", "2", "--accel", "tcg"];

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
    expect(full.stderr).toMatch(/^error: The disk that holds the results in .* is full: 0\.0 GiB are left \[DISK_FULL\]/);
    expect(full.exitCode).toBe(3);
    disk.makeReadOnly();
    const readOnly = await machine.run("bench", ...SHORT);
    expect(readOnly.stderr).toMatch(/^error: .* is mounted read-only \[DISK_READ_ONLY\]/);
    expect(readOnly.exitCode).toBe(3);
  });
});

describe.runIf(mayMount)("a results disk that becomes full", () => {
  test("in the middle of a boot ends the run as the disk's fault, and the run goes on when there is room", async () => {
    using disk = new SmallDisk();
    resultsOn(disk.path);
    machine.behave("well", "hangs-at-creation-1");
    const bench = machine.start("bench", ...SHORT);
    await until(() => readdirSync(disk.path).length > 0 && readSamples(onlyRun()).length === 2);
    await until(() => bench.stderr().includes("boot 2/2 base"));
    disk.fill();
    machine.wake();
    const { exitCode, stderr } = await bench.ended;
    expect(stderr).toMatch(/^error: The disk that holds the results in .* is full.*\[DISK_FULL\]/m);
    expect(stderr).toMatch(/^remedy: Make room there, then: npm run bench -- --resume 20/m);
    expect(exitCode).toBe(3);
    expect(machine.processesLeft()).toEqual([]);

    const stillFull = await machine.run("bench", "--resume");
    expect(stillFull.stderr).toMatch(/\[DISK_FULL\]/);
    expect(stillFull.exitCode).toBe(3);

    disk.makeRoom();
    expect((await machine.run("bench", "--resume")).exitCode).toBe(0);
    expect(readRun(onlyRun()).state).toBe("finished");
  });

  test("when all is measured does not keep the table from being printed", async () => {
    const { stdout: whole } = await machine.run("bench", ...SHORT, "--name", "whole");
    const runDir = onlyRun();
    using disk = new SmallDisk(5);
    const copy = join(disk.path, "2001-01-01T00-00-00-copy");
    mkdirSync(copy);
    const run = readRun(runDir);
    // All is measured but for the record of the last boot's end, which costs no room.
    writeFileSync(join(copy, "run.json"), JSON.stringify({ ...run, state: "interrupted", finishedAt: null }, null, 2));
    writeFileSync(join(copy, "samples.jsonl"), readFileSync(join(runDir, "samples.jsonl")));
    expect(whole).toContain("3.23");
    rmSync(runDir, { recursive: true });
  });
});

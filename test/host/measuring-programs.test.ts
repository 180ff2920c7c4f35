import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { measuredProgram } from "../../harness/host/measured-program.ts";
import { compileHostPrograms, hostPrograms } from "../../harness/host/programs.ts";
import { $ } from "../fakes/shell.ts";

const PROGRAMS = ["populate", "launch", "forkcopy", "faultlatency", "stale", "load"];
const PAGES_PER_MIB = 256;
const sources = projectPath("harness/host/programs");
let directory: string;

/** They are made for the host under test, and run on any Linux: here with little memory, on this machine. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "programs-"));
  mkdirSync(join(directory, "files"));
  await compileHostPrograms($, directory, PROGRAMS);
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true }));

const run = (command: string) => {
  const { stdout, stderr, status } = spawnSync("sh", ["-c", command], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${directory}:${process.env.PATH}` },
  });
  return { stdout, stderr, exitCode: status ?? 128 };
};
const measure = (command: string) => measuredProgram(async () => run(command), command, 0);

describe("all our programs for the host", () => {
  it.each(hostPrograms())("%s compiles without a warning", (name) => {
    const flags = ["-O2", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"];
    execFileSync("gcc", [...flags, join(sources, `${name}.c`)], { stdio: "pipe" });
  });
});

describe("a measuring program", () => {
  it.each([
    ["populate map 16 off", ["unmapSeconds"]],
    ["populate mlock 2 off", ["unmapSeconds"]],
    ["forkcopy 16 off", ["forkSeconds", "copySeconds", "exitSeconds"]],
  ])("%s prints what was agreed", async (command, names) => {
    const { seconds, values, hugeShare } = await measure(command);
    expect(seconds).toBeLessThan(60);
    expect(Object.keys(values)).toEqual(names);
    expect(hugeShare).toBeLessThanOrEqual(1);
  });

  it.each(PROGRAMS)("%s says how it is used when it is not", (name) => {
    const { stdout, stderr, exitCode } = run(name);
    expect(stderr).toMatch(new RegExp(`^usage: ${name} `));
    expect([stdout, exitCode]).toEqual(["", 2]);
  });

  it.each(["populate map 0 off", "launch -5 off", "forkcopy much off", "faultlatency 99999999999 off"])(
    "%s is refused: that is no size",
    (command) =>
      expect(run(command)).toMatchObject({
        stdout: "",
        exitCode: 2,
        stderr: expect.stringMatching(/^not a size in MiB: /),
      }),
  );
});

describe("launch", () => {
  it("touches nine tenths of what it asks for, a page at a time where there are no huge pages", async () => {
    const { values, hugeShare } = await measure("launch 100 off");
    const touched = 0.9 * 100 * PAGES_PER_MIB;
    if (hugeShare === 0) expect(values.faultCount).toBeGreaterThan(0.95 * touched);
    // The program itself, its libraries and page tables' worth of other faults are few.
    expect(values.faultCount).toBeLessThan(1.05 * touched);
  });
});

describe("faultlatency", () => {
  it("times each fault once, and its figures agree with each other", async () => {
    const { seconds, values } = await measure("faultlatency 16 off");
    const { meanMicroseconds = 0, p50Microseconds = 0, p99Microseconds = 0, maxMicroseconds = 0 } = values;
    expect(values.touchCount).toBe(16 * PAGES_PER_MIB);
    expect((meanMicroseconds * 16 * PAGES_PER_MIB) / 1e6).toBeCloseTo(seconds, 5);
    expect(p50Microseconds).toBeLessThanOrEqual(p99Microseconds);
    expect(p99Microseconds).toBeLessThanOrEqual(maxMicroseconds);
    expect(meanMicroseconds).toBeLessThanOrEqual(maxMicroseconds);
  });

  it("gives no percentile that has fewer than five faults beyond it", async () => {
    const { values } = await measure("faultlatency 16 off");
    expect(values.p999Microseconds).toBeUndefined();
    const huge = await measure("faultlatency 16 on");
    expect(huge.values.touchCount).toBe(8);
    expect(Object.keys(huge.values).filter((name) => /^p\d/.test(name))).toEqual([]);
  });
});

describe("load", () => {
  it("does its work and leaves no file behind", async () => {
    const { values } = await measure(`load 8 ${join(directory, "files")}`);
    expect(Object.keys(values)).toEqual(["userCpuSeconds", "systemCpuSeconds"]);
    expect(readdirSync(join(directory, "files"))).toEqual([]);
  });

  it("fails when a process of it fails", () => {
    expect(run(`load 8 ${join(directory, "none")}`)).toMatchObject({ stdout: "", exitCode: 1 });
  });
});

describe("stale", () => {
  it("fails where it cannot see what is in use, rather than find nothing", () => {
    const { stdout, stderr, exitCode } = run("stale 2 off 1 /dev/zero");
    // An ordinary user is not told where pages are in the first place.
    expect(stderr).toMatch(
      /only 0 of 512 pages can be seen in \/dev\/zero while they are in use|pagemap does not tell/,
    );
    expect([stdout, exitCode]).toEqual(["", 1]);
  });

  it("fails without a way to look at memory", () => {
    expect(run("stale 2 off 1 /nowhere")).toMatchObject({
      stdout: "",
      exitCode: 1,
      stderr: expect.stringMatching(/^\/nowhere: /),
    });
  });
});

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileHostPrograms } from "../../harness/host/programs.ts";
import { $ } from "../fakes/shell.ts";

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "zeronow-"));
  await compileHostPrograms($, directory, ["zeronow"]);
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true }));

const run = (command: string) => {
  const { stdout, stderr, status } = spawnSync("sh", ["-c", command], {
    encoding: "utf8",
    cwd: directory,
    env: { ...process.env, PATH: `${directory}:${process.env.PATH}` },
  });
  return { stdout, stderr, exitCode: status ?? 128 };
};

/** A directory that looks like a cgroup which was charged for 1.5 s. */
function group(name: string, stat = "usage_usec 1500000\nuser_usec 0\n"): string {
  mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(directory, name, "cpu.stat"), stat);
  return name;
}
const joined = (name: string) => Number(readFileSync(join(directory, name, "cgroup.procs"), "utf8"));

describe("zeronow write", () => {
  it("has each writer ask for its share, in a cgroup of its own, and counts what was charged since", () => {
    const [one, other] = [group("one"), group("other")];
    const { stdout, stderr } = run(`touch asked; zeronow write asked 64 ${one} ${other}`);
    expect(stderr).toBe("");
    const { seconds, writers } = JSON.parse(stdout);
    expect(readFileSync(join(directory, "asked"), "utf8")).toBe(String(32 * 2 ** 20));
    expect(writers).toEqual(Array(2).fill({ seconds: expect.any(Number), cpuSeconds: 0 }));
    for (const writer of writers) expect(writer.seconds).toBeLessThanOrEqual(seconds);
    expect(joined(one)).not.toBe(joined(other));
  });

  it.each([
    ["there is no such file", "zeronow write none 64 there", /^none: No such file/],
    ["one of the writers cannot write", "zeronow write /dev/full 64 there", /No space left.*\n.*a writer failed/],
    ["the cgroup is not there", "zeronow write /dev/null 64 gone", /cpu\.stat: No such file/],
    ["the cgroup is not charged for CPU time", "zeronow write /dev/null 64 free", /does not begin with usage_usec/],
  ])("fails when %s", (_, command, words) => {
    run("rm -rf there free");
    group("there");
    group("free", "nr_periods 0\n");
    const { stdout, stderr, exitCode } = run(command);
    expect(stderr).toMatch(words);
    expect([stdout, exitCode]).toEqual(["", 1]);
  });
});

describe("zeronow interrupt", () => {
  /** A file that takes nothing more: whoever writes waits. */
  const FULL = "mkfifo full; exec 3<>full; dd if=/dev/zero of=full bs=64k count=1 2>/dev/null";

  it("sends a writer the signal while it writes, and times its end", () => {
    const { stdout, stderr } = run(`${FULL}; zeronow interrupt full 64 3`);
    expect(stderr).toBe("");
    const { milliseconds } = JSON.parse(stdout);
    expect(milliseconds).toHaveLength(3);
    for (const one of milliseconds) expect(one).toBeGreaterThan(0);
  });

  it("fails when the writer had nothing left to do: it was not interrupted", () => {
    const { stdout, stderr, exitCode } = run("zeronow interrupt /dev/null 64 3");
    expect(stderr).toMatch(/had ended before the signal came|the writer failed/);
    expect([stdout, exitCode]).toEqual(["", 1]);
  });

  it("fails when there is not as much memory to dirty before", () => {
    const { stderr, exitCode } = run("ulimit -v 100000; zeronow interrupt /dev/null 4096 3");
    expect(stderr).toMatch(/there is not as much memory/);
    expect(exitCode).toBe(1);
  });

  it("fails when there is nothing to write to", () => {
    expect(run("zeronow interrupt none 64 3")).toMatchObject({ stdout: "", exitCode: 1 });
  });
});

describe("zeronow fill", () => {
  it("says nothing of its times when it could not interrupt a writer", () => {
    const { stdout, stderr, exitCode } = run(`zeronow fill /dev/null 8 ${group("first")} ${group("second")}`);
    expect(stderr).toMatch(/had ended before the signal came|the writer failed/);
    expect([stdout, exitCode]).toEqual(["", 1]);
  });

  it("fails when there is not as much memory", () => {
    const { stderr, exitCode } = run(`ulimit -v 100000; zeronow fill /dev/null 4096 ${group("third")}`);
    expect(stderr).toMatch(/there is not as much memory/);
    expect(exitCode).toBe(1);
  });
});

it.each([
  "",
  "write /dev/null 64",
  "interrupt /dev/null 64 0",
  "interrupt /dev/null 64",
  "erase /dev/null 64 3",
  "fill /dev/null 64",
])("zeronow %s is answered with how it is used", (words) => {
  const { stdout, stderr, exitCode } = run(`zeronow ${words}`);
  expect(stderr).toMatch(/^usage: zeronow /);
  expect([stdout, exitCode]).toEqual(["", 2]);
});

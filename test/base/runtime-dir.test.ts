import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RuntimeDir } from "../../harness/base/runtime-dir.ts";

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "runtime-"));
});
afterEach(() => rmSync(parent, { recursive: true }));

describe("a private directory of one run", () => {
  it("is for this user only and gone when disposed", () => {
    const directory = new RuntimeDir(parent);
    expect(statSync(directory.path).mode & 0o777).toBe(0o700);
    directory[Symbol.dispose]();
    expect(existsSync(directory.path)).toBe(false);
  });

  it("makes away with those of processes that are gone, and with no others", () => {
    const gone = spawnSync("true").pid;
    const orphan = join(parent, `prezero-${gone}-abc`);
    const living = join(parent, `prezero-${process.pid}-abc`);
    const foreign = join(parent, "prezero-notes");
    for (const path of [orphan, living, foreign]) mkdirSync(path);
    using _directory = new RuntimeDir(parent);
    expect([orphan, living, foreign].map((path) => existsSync(path))).toEqual([false, true, true]);
  });

  it("refuses a socket whose path the kernel would cut off", () => {
    using directory = new RuntimeDir(join(parent, "x".repeat(80)));
    expect(() => directory.socket("console")).toThrow("too long for unix sockets");
  });
});

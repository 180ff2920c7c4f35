import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withLock } from "../../harness/base/lock.ts";

describe("a lock", () => {
  let lock = "";
  beforeEach(() => {
    lock = join(mkdtempSync(join(tmpdir(), "prezero-lock-test-")), "build.lock");
  });
  afterEach(() => rmSync(join(lock, ".."), { recursive: true }));

  test("lets one in at a time, and tells the other once that it waits", async () => {
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} in`);
      await sleep(50);
      events.push(`${name} out`);
    };
    const first = withLock(lock, () => events.push("a waits"), work("a"));
    await sleep(20);
    await Promise.all([first, withLock(lock, () => events.push("b waits"), work("b"))]);
    expect(events).toEqual(["a in", "b waits", "a out", "b in", "b out"]);
  });

  test("is given back when the work fails", async () => {
    const failing = withLock(
      lock,
      () => {},
      () => Promise.reject(new Error("disk full")),
    );
    await expect(failing).rejects.toThrow("disk full");
    expect(existsSync(lock)).toBe(false);
  });

  test("of a run that was killed is taken over", async () => {
    mkdirSync(lock);
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, longAgo, longAgo);
    expect(
      await withLock(
        lock,
        () => {},
        () => Promise.resolve("in"),
      ),
    ).toBe("in");
  });
});

import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withLock } from "../../harness/base/lock.ts";
import { createShell, type Shell } from "../../harness/base/shell.ts";
import { eventually } from "../fakes/processes.ts";
import { processesWith, startOwnProgram } from "./own-program.ts";

describe("a lock", () => {
  let lock = "";
  let interrupt = new AbortController();
  let $: Shell;
  beforeEach(() => {
    lock = join(mkdtempSync(join(tmpdir(), "prezero-lock-test-")), "build.lock");
    interrupt = new AbortController();
    $ = createShell({ signal: interrupt.signal, announce: () => {}, dry: false });
  });
  afterEach(() => rmSync(join(lock, ".."), { recursive: true }));

  const content = () => (existsSync(lock) ? readFileSync(lock, "utf8") : "");
  const silent = () => {};

  /** Another harness that holds the lock and has told when it will be done. */
  async function otherHolder() {
    const work = `async (lock) => { lock.expect(230_000); await new Promise(() => setInterval(() => {}, 1000)) }`;
    const other = startOwnProgram(`await withLock($, ${JSON.stringify(lock)}, () => {}, ${work});`, lock);
    expect(await eventually(() => processesWith(lock).length > 1 && /endsAtMs":\d/.test(content()), 15_000)).toBe(true);
    return other;
  }

  test("lets one in at a time", async () => {
    const events: string[] = [];
    const work = (name: string) => async () => {
      events.push(`${name} in`);
      await sleep(200);
      events.push(`${name} out`);
    };
    const [first, second] = ["a", "b"].map((name) => withLock($, lock, silent, work(name)));
    await Promise.all([first, second]);
    expect(events.map((event) => event.slice(2))).toEqual(["in", "out", "in", "out"]);
  });

  test("is given back when the work fails, and its file names nobody then", async () => {
    const failing = withLock($, lock, silent, () => Promise.reject(new Error("disk full")));
    await expect(failing).rejects.toThrow("disk full");
    expect(content()).toBe("");
    expect(await withLock($, lock, silent, () => Promise.resolve("in"))).toBe("in");
  });

  test("of a run that is killed is free at once; who waits is told whom for, and how long", async () => {
    const other = await otherHolder();
    const told: string[] = [];
    const next = withLock(
      $,
      lock,
      (what) => told.push(what),
      () => Promise.resolve(performance.now()),
    );
    expect(await eventually(() => told.length > 0, 3_000)).toBe(true);
    other.kill("SIGKILL");
    await once(other, "exit");
    const killedMs = performance.now();
    expect((await next) - killedMs).toBeLessThan(500);
    expect(told).toEqual([expect.stringMatching(/^waiting for `.*` \(pid \d+\), about 4 min left$/)]);
    expect(told[0]).toContain(`(pid ${other.pid})`);
    expect(await eventually(() => processesWith(lock).length === 0, 1_000)).toBe(true);
  });

  test.each([
    ["npx", "npx prezero"],
    ["bench", "npm run bench"],
  ])("tells the command as a person would type it: npm's word is %s", async (script, command) => {
    const before = process.env.npm_lifecycle_event;
    process.env.npm_lifecycle_event = script;
    try {
      const told = await withLock($, lock, silent, () => Promise.resolve(content()));
      expect(JSON.parse(told).command).toMatch(new RegExp(`^${command}`));
    } finally {
      if (before === undefined) delete process.env.npm_lifecycle_event;
      else process.env.npm_lifecycle_event = before;
    }
  });

  test("is not waited for after an interrupt", async () => {
    const other = await otherHolder();
    const waiting = withLock(
      $,
      lock,
      () => interrupt.abort(),
      () => Promise.resolve(),
    );
    await expect(waiting).rejects.toMatchObject({ code: "INTERRUPTED" });
    other.kill("SIGKILL");
  });

  test("is held after an interrupt until the work has stopped in order", async () => {
    const stopped = await withLock($, lock, silent, async () => {
      interrupt.abort();
      await sleep(300);
      return content();
    });
    expect(JSON.parse(stopped)).toMatchObject({ pid: process.pid });
  });

  test("whose file cannot be is told by errno", async () => {
    const nowhere = `${lock}${"x".repeat(255)}`;
    await expect(withLock($, nowhere, silent, () => Promise.resolve())).rejects.toMatchObject({ code: "ENAMETOOLONG" });
  });

  test("that cannot be taken is told", async () => {
    const withoutTools = $({ env: { PATH: "/nonexistent" } });
    await expect(withLock(withoutTools, lock, silent, () => Promise.resolve())).rejects.toMatchObject({
      code: "CANNOT_LOCK",
    });
  });

  test("whose keeper was killed is lost, and its work is not trusted to be alone", async () => {
    const work = withLock($({ env: { PREZERO_TEST_MARK: lock } }), lock, silent, async () => {
      const keeper = processesWith(lock).find((line) => line.includes("sleep infinity"));
      process.kill(Number(keeper?.split(" ")[0]), "SIGKILL");
      await sleep(5_000);
    });
    await expect(work).rejects.toMatchObject({ code: "LOCK_LOST" });
  });
});

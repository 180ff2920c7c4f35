import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createShell, type Shell } from "../../harness/base/shell.ts";
import { eventually } from "../fakes/processes.ts";
import { processesWith, startOwnProgram } from "./own-program.ts";

/** What the harness may start, from a child to what tries to get away from it. */
const DESCENDANTS = {
  "a command": "sleep 47",
  "a child of the command": 'bash -c "sleep 47; true"',
  "a grandchild in a session of its own": "setsid sh -c 'sleep 47 & sleep 48' & sleep 49",
  "a daemon that forked twice": "(setsid sh -c '(sleep 47; true) & exit' &) ; sleep 49",
  "one that ignores every polite signal": "trap '' TERM INT HUP; sleep 47; true",
};

let directory = "";
let mark = "";
let interrupt = new AbortController();
let $: Shell;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "prezero-scope-test-"));
  mark = directory;
  interrupt = new AbortController();
  $ = createShell({ signal: interrupt.signal, announce: () => {}, dry: false })({
    env: { PREZERO_TEST_MARK: mark, TMPDIR: directory },
  });
});
afterEach(() => rmSync(directory, { recursive: true }));

const nothingIsLeft = () => eventually(() => processesWith(mark).length === 0, 1_000);
const sleeps = () => processesWith(mark).some((line) => /^\d+ sleep 47/.test(line));

describe("the harness is killed", () => {
  test.each(Object.entries(DESCENDANTS))("%s ends within a second", async (_, command) => {
    const harness = startOwnProgram(
      `await $({ env: { TMPDIR: ${JSON.stringify(directory)} } })\`bash -c \${${JSON.stringify(command)}}\`;`,
      mark,
    );
    expect(await eventually(sleeps, 15_000)).toBe(true);
    harness.kill("SIGKILL");
    await once(harness, "exit");
    expect(await nothingIsLeft(), processesWith(mark).join("\n")).toBe(true);
    expect(readdirSync(directory)).toEqual([]);
  });

  test("a program that lives long ends as well", async () => {
    const harness = startOwnProgram('await $.start(["sh", "-c", "setsid sleep 47"]).exited;', mark);
    expect(await eventually(sleeps, 15_000)).toBe(true);
    harness.kill("SIGKILL");
    expect(await nothingIsLeft(), processesWith(mark).join("\n")).toBe(true);
  });

  test("before the scope could tell the kernel to notify it: nothing is started", async () => {
    const notTheParent = String(process.ppid);
    const scope = spawn("perl", ["harness/base/scope.pl", process.arch, notTheParent, "touch", join(directory, "ran")]);
    expect(await once(scope, "exit")).toEqual([1, null]);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe("a deadline", () => {
  test.each(Object.entries(DESCENDANTS))("ends %s at once", async (_, command) => {
    const startedMs = performance.now();
    const failed = $({ timeoutMs: 500 })`bash -c ${command}`;
    await expect(failed).rejects.toMatchObject({ code: "COMMAND_FAILED", timedOut: true });
    expect(performance.now() - startedMs).toBeLessThan(1_500);
    expect(processesWith(mark)).toEqual([]);
  });

  test("is told apart from a failure", async () => {
    await expect($({ timeoutMs: 5_000 })`exit 3`).rejects.toMatchObject({ timedOut: false });
  });

  test("ends what lives long, and says so", async () => {
    const running = $({ timeoutMs: 200 }).start(["sleep", "47"]);
    expect(await running.exited).toMatchObject({ timedOut: true, signal: "SIGKILL" });
  });
});

describe("the end of a command", () => {
  test("is the end of what it left running", async () => {
    await $`(setsid sleep 47 > /dev/null 2>&1 &); true`;
    expect(processesWith(mark)).toEqual([]);
  });

  test("is that of its scope: exit code or signal", async () => {
    expect(await $.start(["sh", "-c", "exit 3"]).exited).toMatchObject({ exitCode: 3, signal: undefined });
    expect(await $.start(["sh", "-c", "kill -SEGV $$"]).exited).toMatchObject({ signal: "SIGSEGV" });
    expect(await $.start(["no-such-program"]).exited).toMatchObject({
      exitCode: 127,
      output: "no-such-program: No such file or directory",
    });
    expect(await $.start([directory]).exited).toMatchObject({ exitCode: 126 });
  });
});

describe("the directory for temporary files", () => {
  test("is the command's own, for nobody else, short, and removed", async () => {
    const { stdout } = await $`stat -c '%a %n' "$TMPDIR"; mkdir "$TMPDIR/deep"; touch "$TMPDIR/deep/cc1.s"`;
    const [mode, path = ""] = stdout.split(" ");
    expect(mode).toBe("700");
    expect(path).toMatch(new RegExp(`^${directory}/prezero-\\d+-0$`));
    expect(readdirSync(directory)).toEqual([]);
  });

  test("is removed as well when the compiler was killed", async () => {
    const failed = $({ timeoutMs: 300 })`touch "$TMPDIR/cc1.s"; sleep 47`;
    await expect(failed).rejects.toMatchObject({ timedOut: true });
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe("an interrupt", () => {
  const tidy = `trap 'sleep 0.3; echo tidy >> state; exit' TERM; echo begun > state; sleep 47 & wait`;
  const state = () => readFileSync(join(directory, "state"), "utf8").trim().split("\n");

  async function interrupted(command: Promise<unknown>): Promise<void> {
    expect(await eventually(sleeps, 15_000)).toBe(true);
    interrupt.abort();
    await expect(command).rejects.toMatchObject({ code: "INTERRUPTED" });
    expect(processesWith(mark)).toEqual([]);
  }

  test("kills the command", async () => {
    await interrupted($({ cwd: directory })`sh -c ${tidy}`);
    expect(state()).toEqual(["begun"]);
  });

  test("asks one that has something to tidy up to end, and waits for it", async () => {
    await interrupted($({ cwd: directory, interruptWith: "SIGTERM" })`sh -c ${tidy} | cat`);
    expect(state()).toEqual(["begun", "tidy"]);
  });

  test("keeps commands from being started, but for those that tidy up", async () => {
    interrupt.abort();
    await expect($`touch ${directory}/ran`).rejects.toMatchObject({ code: "INTERRUPTED" });
    await $({ interruptWith: "nothing" })`touch ${directory}/tidied`;
    expect(readdirSync(directory)).toEqual(["tidied"]);
  });
});

import { describe, expect, test } from "vitest";
import { MeasurementError } from "../../harness/base/errors.ts";
import { createShell, dryRun, partOfDryRun, type Shell } from "../../harness/base/shell.ts";
import type { Announcement } from "../../harness/base/shell-options.ts";

function shell({ dry = false } = {}) {
  const announced: Announcement[] = [];
  const announce = (announcement: Announcement) => void announced.push(announcement);
  return { $: createShell({ signal: new AbortController().signal, announce, dry }), announced };
}

describe("a command", () => {
  const { $ } = shell();

  test("gets each value as one word, and an array as one word for each element", async () => {
    const words = ["two words", "$HOME", "it's", "", "*"];
    expect((await $`printf '%s\n' ${words} ${7} --name=${"a b"}`).stdout.split("\n")).toEqual([
      ...words,
      "7",
      "--name=a b",
    ]);
  });

  test("has its directory, environment and input; the options of a shell add up", async () => {
    const inRoot = $({ cwd: "/", env: { GREETING: "hello" } });
    const { stdout } = await inRoot({ input: "from stdin" })`pwd; echo $GREETING; cat`;
    expect(stdout).toBe("/\nhello\nfrom stdin");
    const without = await $({ env: { HOME: undefined } })`echo ${"x"}$HOME`;
    expect(without.stdout).toBe("x");
  });

  test("that does not read its input is not an error", async () => {
    expect((await $({ input: "x".repeat(1_000_000) })`true`).exitCode).toBe(0);
  });

  test("has no input when none is given, so that it cannot wait for the user's", async () => {
    expect((await $`cat`).stdout).toBe("");
  });

  test("tells both its streams line by line", async () => {
    const lines: string[] = [];
    await $({ onLine: (line) => lines.push(line) })`echo out; sleep 0.1; echo err >&2; sleep 0.1; printf 'no newline'`;
    expect(lines).toEqual(["out", "err", "no newline"]);
  });

  test("may end with exit codes that are named", async () => {
    expect((await $({ okExitCodes: [0, 1] })`false`).exitCode).toBe(1);
  });

  test("that fails is told with its last words and a line that repeats it", async () => {
    const failing = $({ cwd: "/tmp", env: { A: "b c" }, code: "NO_LUCK", remedy: "Try again." });
    await expect(failing`sh -c ${"echo why >&2; exit 4"}`).rejects.toMatchObject({
      code: "NO_LUCK",
      message: "sh failed with exit code 4",
      detail: "why",
      reproducer: "cd /tmp && A='b c' sh -c 'echo why >&2; exit 4'",
      remedy: "Try again.",
    });
  });

  test("fails when the first part of its pipeline does", async () => {
    await expect($`false | cat`).rejects.toMatchObject({ code: "COMMAND_FAILED" });
  });

  test("that does not exist, or a directory that does not, is told as that", async () => {
    await expect($`no-such-program --flag`).rejects.toMatchObject({ message: /no-such-program was not found/ });
    await expect($({ cwd: "/nonexistent" })`true`).rejects.toMatchObject({ message: /true could not run/ });
  });
});

describe("-v", () => {
  test("announces what is run as a line that a shell runs", async () => {
    const { $, announced } = shell();
    await $({ cwd: "/tmp", env: { LC_ALL: "C", HOME: undefined } })`echo ${"a b"}`;
    await $.ask`true`;
    await $.start(["echo", "a b"]).exited;
    expect(announced).toEqual([
      { line: "cd /tmp && env -u HOME LC_ALL=C echo 'a b'", asks: false },
      { line: "true", asks: true },
      { line: "echo 'a b'", asks: false },
    ]);
  });
});

describe("a dry run", () => {
  test("announces and does nothing, but for what only reads", async () => {
    const { $, announced } = shell({ dry: true });
    expect(await $`echo ran`).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    expect((await $.ask`echo read`).stdout).toBe("read");
    expect(await $.start(["sh", "-c", "exit 3"]).exited).toMatchObject({ exitCode: 0 });
    expect(announced.map(({ line }) => line)).toEqual(["echo ran", "echo read", "sh -c 'exit 3'"]);
  });

  const red = async () => {
    throw new MeasurementError({ code: "TESTS_FAILED", message: "a test failed", remedy: "Mend it." });
  };

  test("ends where its way depends on what a command would have done", async () => {
    const work = async ($: Shell) => {
      await $`echo one`;
      $.endDryRun("what comes next depends on it");
      await $`echo two`;
    };
    expect(await dryRun(shell().$, work)).toEqual(["echo one", "# what comes next depends on it"]);
  });

  test("fails with what does not hold, so that its exit code says so", async () => {
    await expect(dryRun(shell().$, red)).rejects.toMatchObject({ code: "TESTS_FAILED", exitCode: 1 });
  });

  test("goes on behind a part that judges what was found, for nothing was; a real run does not", async () => {
    const work = async ($: Shell) => {
      await partOfDryRun($, red);
      await $`echo next`;
    };
    const lines = await dryRun(shell().$, work);
    expect(lines).toEqual(["# the rest, if any, depends on what is found", "echo next"]);
    await expect(work(shell().$)).rejects.toMatchObject({ code: "TESTS_FAILED" });
  });
});

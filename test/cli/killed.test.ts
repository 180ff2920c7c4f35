import { execFileSync } from "node:child_process";
import { globSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../fakes/processes.ts";
import { FakeKernel } from "../kernel/fake-kernel.ts";
import { CommandLine } from "./command-line.ts";
import { FakeMachine } from "./fake-machine.ts";

const KILLS = [1, 2, 3, 4];
const tmp = (line: CommandLine) => join(line.root, "tmp");
/** What a compiler that was killed would leave. */
const assemblerFiles = (line: CommandLine) => globSync("**/cc*.s", { cwd: tmp(line) });

/** SIGKILL, as the out-of-memory killer sends it. */
async function kill(line: CommandLine, running: ReturnType<CommandLine["start"]>, left: () => string[]) {
  running.child.kill("SIGKILL");
  await running.ended;
  const leftover = () => [...left(), ...assemblerFiles(line)];
  await eventually(() => leftover().length === 0, 1_000);
  expect(leftover()).toEqual([]);
}

describe("SIGKILL at any moment leaves, a second later, nothing that runs and no file of a compiler", () => {
  let machine: FakeMachine;
  beforeAll(async () => {
    machine = await FakeMachine.create();
    machine.env.TMPDIR = tmp(machine);
    mkdirSync(tmp(machine));
  });
  afterAll(() => machine[Symbol.dispose]());
  beforeEach(() => machine.begin());

  const SHORT = ["--arms", "base", "--memory", "512M", "--accel", "tcg", "--sweep", "none", "--thp", "on"];
  test.each([
    ["bench", [...SHORT, "--boots", "2", "--rounds", "2"], 8_000],
    ["shell", ["--variant", "base", "--accel", "tcg", "--", "sleep 47"], 5_000],
    ["doctor", [], 4_000],
  ])("%s", { timeout: 120_000 }, async (command, args, spanMs) => {
    for (const _ of KILLS) {
      const afterMs = Math.random() * spanMs;
      const running = machine.start(command, ...args);
      await Promise.race([sleep(afterMs), running.ended]);
      await kill(machine, running, () => machine.processesLeft().map((left) => `after ${afterMs} ms: ${left}`));
    }
  });
});

describe("build-kernel that is killed", () => {
  /** Processes whose command line has the text in it. */
  const processesNaming = (text: string): string[] => {
    try {
      return execFileSync("pgrep", ["-af", text], { encoding: "utf8" }).trim().split("\n");
    } catch {
      return [];
    }
  };

  async function withKernel(
    work: (line: CommandLine, start: () => ReturnType<CommandLine["start"]>, fake: FakeKernel) => Promise<void>,
  ) {
    using fake = new FakeKernel();
    fake.addSymbolsOf("bench.config");
    using line = new CommandLine();
    Object.assign(line.env, { PREZERO_CACHE: fake.cache, TMPDIR: tmp(line) });
    mkdirSync(tmp(line));
    await work(line, () => line.start("build-kernel", "--variant", "base"), fake);
  }

  test("at any moment leaves nothing that runs a second later", { timeout: 120_000 }, async () => {
    for (const _ of KILLS) {
      await withKernel(async (line, start, fake) => {
        const afterMs = Math.random() * 4_000;
        const running = start();
        await Promise.race([sleep(afterMs), running.ended]);
        await kill(line, running, () => processesNaming(fake.root).map((left) => `after ${afterMs} ms: ${left}`));
      });
    }
  });

  test("while the compiler runs leaves no file of the compiler", { timeout: 60_000 }, async () => {
    await withKernel(async (line, start, fake) => {
      // The compiler has made its file for the assembler and reads what never comes. ccache would preprocess first, and
      // there is no such file then.
      line.env.CCACHE_DISABLE = "1";
      const endless = join(fake.root, "endless.h");
      execFileSync("mkfifo", [endless]);
      fake.changeSource("mm/page_reporting.c", "void page", `#include "${endless}"\nvoid page`);
      const running = start();
      const compiling = await eventually(() => assemblerFiles(line).length > 0, 40_000);
      await kill(line, running, () => processesNaming(fake.root));
      expect(compiling, running.stderr()).toBe(true);
    });
  });
});

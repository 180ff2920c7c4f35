import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { casesOf } from "../../harness/ktap/result.ts";
import { runSuite } from "../../harness/kunit/suite.ts";
import { until } from "../cli/fake-machine.ts";
import { $ } from "../fakes/shell.ts";

const BEGINNING = `Linux version 6.12.117
KTAP version 1
1..1
    KTAP version 1
    # Subtest: page_prezero
    1..2
    ok 1 options_are_checked`;
const ENDING = `    ok 2 handout_is_zero
ok 1 page_prezero
reboot: System halted`;

const CUT_HERE = "------------[ cut here ]------------";
const WARNING = "WARNING: CPU: 0 PID: 38 at mm/page_prezero.c:208 verify+0x1/0x2";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "kunit-test-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A program in the place of the kernel. */
function kernel(script: string): string {
  const program = join(directory, "linux");
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return program;
}
const print = (text: string) => `cat <<'CONSOLE'\n${text}\nCONSOLE`;
const statuses = (run: Awaited<ReturnType<typeof runSuite>>) =>
  casesOf(run.report.results).map(({ name, status }) => `${status} ${name}`);

describe("running the suite on a kernel that is a program", () => {
  test("gives every case", async () => {
    const run = await runSuite($, kernel(print(`${BEGINNING}\n${ENDING}`)));
    expect(statuses(run)).toEqual(["passed options_are_checked", "passed handout_is_zero"]);
    expect(run.failure).toBeUndefined();
  });

  test("asks for this suite alone, and keeps the kernel's files in a private directory that goes away", async () => {
    const said = join(directory, "said");
    await runSuite($, kernel(`echo "$@" > ${said}; echo "$TMPDIR" >> ${said}; touch "$TMPDIR/memory"`));
    const [args = "", tmp = ""] = readFileSync(said, "utf8").split("\n");
    expect(args).toContain("kunit.enable=1 kunit.autorun=1 kunit_shutdown=halt kunit.filter_glob=page_prezero");
    expect(args).toContain(`uml_dir=${dirname(tmp)}/`);
    expect(tmp).toMatch(/\/prezero-\d+-/);
    expect(existsSync(tmp)).toBe(false);
  });

  test("a warning that a case provokes on purpose is no failure", async () => {
    const lie = `${CUT_HERE}\n${WARNING}\npfn 0x7c00 of order 0 is not zero at page 0\nCPU: 0 PID: 38 Comm: kunit_try_catch`;
    const run = await runSuite($, kernel(print(`${BEGINNING}\n${lie}\n${ENDING}`)));
    expect(run.failure).toBeUndefined();
  });

  test("any other warning is a failure, though every case passes", async () => {
    const run = await runSuite($, kernel(print(`${BEGINNING}\n${CUT_HERE}\n${WARNING}\n${ENDING}`)));
    expect(statuses(run)).toEqual(["passed options_are_checked", "passed handout_is_zero"]);
    expect(run.failure).toMatchObject({ code: "KERNEL_WARNING", exitCode: 3 });
    expect(run.failure?.message).toContain("mm/page_prezero.c:208");
  });

  test("a kernel that panics in the middle: what ran until then, and the kernel's own words", async () => {
    const run = await runSuite(
      $,
      kernel(`${print(`${BEGINNING}\nKernel panic - not syncing: Segfault with no mm`)}\nexit 134`),
    );
    expect(statuses(run)).toEqual(["passed options_are_checked", "missing page_prezero"]);
    expect(run.failure).toMatchObject({ code: "KERNEL_PANIC", exitCode: 3 });
    expect(run.failure?.message).toContain("Segfault with no mm");
  });

  test("a kernel that knows no shutdown looks for an init after its suites, and has none: no failure, when all is heard", async () => {
    const panic = "Kernel panic - not syncing: No working init found.  Try passing init= option to kernel.";
    const whole = await runSuite($, kernel(`${print(`${BEGINNING}\n${ENDING}\n${panic}`)}\nexit 134`));
    expect(whole.failure).toBeUndefined();
    const half = await runSuite($, kernel(`${print(`${BEGINNING}\n${panic}`)}\nexit 134`));
    expect(half.failure).toMatchObject({ code: "KERNEL_PANIC" });
  });

  test.each([
    ["nothing at all", "exit 1", "there is no KTAP output"],
    ["something else", "echo ./linux: cannot execute", "there is no KTAP output"],
    ["not everything", print(BEGINNING), "1 of 2 tests reported"],
  ])("a kernel that says %s is not taken for one that passes", async (_, script, message) => {
    const { failure } = await runSuite($, kernel(script));
    expect(failure).toMatchObject({ code: "KUNIT_INCOMPLETE", exitCode: 3 });
    expect(failure?.message).toContain(message);
    expect(failure?.reproducer).toContain("kunit.filter_glob=page_prezero");
  });

  test("a kernel that hangs is killed at the deadline with all its processes, and says how far it came", async () => {
    const marker = join(directory, "marker");
    writeFileSync(marker, "");
    const run = await runSuite($, kernel(`trap '' TERM INT; ${print(BEGINNING)}\ntail -f ${marker}`), 1_000);
    expect(run.failure).toMatchObject({ code: "KUNIT_HUNG", exitCode: 3 });
    expect(run.failure?.detail).toContain("ok 1 options_are_checked");
    await until(() => !processes().some((command) => command.includes(marker)));
  });

  test("a program that is not there is said so", async () => {
    await expect(runSuite($, join(directory, "none"))).rejects.toMatchObject({
      code: "UML_NOT_STARTED",
      detail: expect.stringContaining("No such file or directory"),
    });
  });
});

function processes(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "latin1");
      } catch {
        return "";
      }
    });
}

import { describe, expect, test } from "vitest";
import type { ExecAnswer } from "../../harness/base/exec.ts";
import { refusalInSysfs, refusalsOnUml } from "../../harness/kernel-tests/refusals.ts";
import { $ } from "../fakes/shell.ts";

const REFUSES = (reason: string) => `page_prezero: not enabled: ${reason}
    # bulk_is_zero: ASSERTION FAILED at mm/page_prezero_test.c:62
    Expected enabled_store(NULL, NULL, value, 1) == 1, but
        enabled_store(NULL, NULL, value, 1) == -95 (0xffffffffffffffa1)`;
const REASONS: Record<string, string> = {
  "init_on_free=1": "init_on_free clears all free memory already",
  "page_poison=1": "page_poisoning writes a pattern to free memory",
  "debug_pagealloc=on": "debug_pagealloc unmaps free memory",
};

const onUml = (output: (argument: string) => string) =>
  refusalsOnUml($, "linux", async (_$, _, [, argument = ""]) => ({
    output: output(argument),
    timedOut: false,
    command: "",
  }));

describe("a kernel that was booted with what excludes the feature", () => {
  test("refuses with EOPNOTSUPP and says why", async () => {
    const results = await onUml((argument) => REFUSES(REASONS[argument] ?? ""));
    expect(results.map(({ status }) => status)).toEqual(["passed", "passed", "passed"]);
  });

  test.each([
    ["enables it all the same", () => "    ok 1 bulk_is_zero"],
    ["gives another reason", () => REFUSES("no memory")],
    ["fails otherwise", (argument: string) => REFUSES(REASONS[argument] ?? "").replace("-95", "-12")],
    ["says nothing", () => ""],
  ])("has not passed when it %s", async (_, output) => {
    expect((await onUml(output)).map(({ status }) => status)).toEqual(["failed", "failed", "failed"]);
  });

  const answers = (write: Partial<ExecAnswer>, value: string, log: string) => async (command: string) => ({
    stdout: "",
    stderr: "",
    exitCode: 0,
    ...(command.startsWith("echo") ? write : { stdout: command.startsWith("cat") ? value : log }),
  });
  const LOG = "[    9.81] page_prezero: not enabled: init_on_free clears all free memory already\n";

  test("does so in sysfs as well", async () => {
    const refused = { exitCode: 1, stderr: "sh: write error: Operation not supported\n" };
    const results = await refusalInSysfs(answers(refused, "0\n", LOG));
    expect(results.every(({ status }) => status === "passed")).toBe(true);
  });

  test("has passed nothing there when it takes the 1 silently", async () => {
    const results = await refusalInSysfs(answers({ exitCode: 0 }, "1\n", ""));
    expect(results.map(({ status }) => status)).toEqual(["failed", "failed", "failed"]);
  });
});

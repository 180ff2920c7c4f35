import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBase } from "../../harness/kernel/bases.ts";
import { planKernel } from "../../harness/kernel/build.ts";
import { recordFile } from "../../harness/kernel/built-kernel.ts";
import { treeDir } from "../../harness/kernel/source.ts";
import { CommandLine } from "../cli/command-line.ts";
import { $ } from "../fakes/shell.ts";

const commandLine = new CommandLine();
let program: string;

/** A KUnit kernel where the build would have put it, so that nothing is downloaded or compiled. */
beforeAll(async () => {
  const before = process.env.PREZERO_CACHE;
  process.env.PREZERO_CACHE = commandLine.cache;
  try {
    const base = await findBase("6.12");
    mkdirSync(treeDir(base.source.package, base.source.version), { recursive: true });
    const { dir } = await planKernel($, { base, variant: "kunit" });
    mkdirSync(dir, { recursive: true });
    const of = { base: base.name, variant: "kunit", packageName: base.source.package, version: base.source.version };
    const sums = { imageSha256: "a", configSha256: "b", steps: 1, afterPristine: false, buildSeconds: 1 };
    const built = { compiler: "gcc (fake)", release: "6.12.0-kunit", patches: [], fragments: ["kunit.config"] };
    writeFileSync(...recordFile(dir, { ...of, ...built, ...sums, variant: "kunit", pinned: true }));
    program = join(dir, "linux");
  } finally {
    if (before === undefined) delete process.env.PREZERO_CACHE;
    else process.env.PREZERO_CACHE = before;
  }
});
afterAll(() => commandLine[Symbol.dispose]());

/** Makes the kernel print that and end. */
function kernelSays(...lines: string[]): void {
  writeFileSync(program, `#!/bin/sh\ncat <<'CONSOLE'\n${lines.join("\n")}\nCONSOLE\n`);
  chmodSync(program, 0o755);
}
const suite = (...cases: string[]) => [
  "KTAP version 1",
  "1..1",
  ...[
    "KTAP version 1",
    "# Subtest: page_prezero",
    `1..${cases.filter((line) => /ok \d/.test(line)).length}`,
    ...cases,
  ].map((line) => `    ${line}`),
];

test("prints a line for each case and the sum, and ends with 0", async () => {
  kernelSays(...suite("ok 1 options_are_checked", "ok 2 bulk_is_zero"), "ok 1 page_prezero");
  const { exitCode, stdout } = await commandLine.run("test-kunit");
  expect(stdout).toBe(
    "ok      page_prezero: options_are_checked\nok      page_prezero: bulk_is_zero\n2 passed, 0 failed\n",
  );
  expect(exitCode).toBe(0);
});

test("a failed case is shown with what it expected, ends with 1, and is in the KTAP file", async () => {
  kernelSays(
    ...suite("# bulk_is_zero: EXPECTATION FAILED at mm/x.c:7", "not ok 1 bulk_is_zero"),
    "not ok 1 page_prezero",
  );
  const ktap = join(commandLine.root, "kunit.ktap");
  const { exitCode, stdout, stderr } = await commandLine.run("test-kunit", "--ktap", ktap);
  expect(stdout).toContain(
    "FAILED  page_prezero: bulk_is_zero\n          # bulk_is_zero: EXPECTATION FAILED at mm/x.c:7\n",
  );
  expect(stdout).toContain("0 passed, 1 failed\n");
  expect(stderr).toMatch(/1 of 1 KUnit cases failed \[KUNIT_FAILED\]/);
  expect(exitCode).toBe(1);
  expect(readFileSync(ktap, "utf8")).toContain("    not ok 1 bulk_is_zero");
});

test("a kernel that panics ends with 3 and its own words, after the cases that ran", async () => {
  kernelSays(...suite("ok 1 options_are_checked"), "Kernel panic - not syncing: Fatal exception");
  const { exitCode, stdout, stderr } = await commandLine.run("test-kunit");
  expect(stdout).toContain("ok      page_prezero: options_are_checked\n");
  expect(stderr).toMatch(/Fatal exception \[KERNEL_PANIC\]/);
  expect(exitCode).toBe(3);
});

test("a suite that skips everything has not passed", async () => {
  kernelSays(...suite("ok 1 bulk_is_zero # SKIP no memory"), "ok 1 page_prezero # SKIP");
  const { exitCode, stdout, stderr } = await commandLine.run("test-kunit");
  expect(stdout).toContain("0 passed, 0 failed, 1 skipped\n");
  expect(stderr).toContain("No KUnit case passed");
  expect(exitCode).toBe(1);
});

test("--json prints the counts and the cases and nothing else on stdout", async () => {
  kernelSays(...suite("ok 1 bulk_is_zero"), "ok 1 page_prezero");
  const { stdout } = await commandLine.run("test-kunit", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    kernel: "6.12.0-kunit",
    passed: 1,
    failed: 0,
    cases: [{ group: ["page_prezero"], name: "bulk_is_zero", status: "passed" }],
  });
});

test("--dry-run prints the commands, the run of the kernel last, and runs nothing", async () => {
  const ran = join(commandLine.root, "ran");
  writeFileSync(program, `#!/bin/sh\ntouch ${ran}\n`);
  const { exitCode, stdout } = await commandLine.run("test-kunit", "--dry-run");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^# kernel 6\.12 kunit is in the cache: /m);
  expect(stdout).toMatch(/^TMPDIR=\S+ HOME=\S+ \S+\/linux mem=512M .*kunit\.filter_glob=page_prezero\n$/m);
  expect(existsSync(ran)).toBe(false);
});

test.each([
  [["--kernel", "2.4"], "Allowed: 6.12"],
  [["--quick"], "unknown option '--quick'"],
])("%j is the caller's mistake, and what is allowed is named", async (args, named) => {
  const { exitCode, stderr } = await commandLine.run("test-kunit", ...args);
  expect(stderr).toContain(named);
  expect(exitCode).toBe(2);
});

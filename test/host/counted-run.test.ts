import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countedRun, countedRunArgs } from "../../harness/host/counted-run.ts";
import { $ } from "../fakes/shell.ts";

const WHAT = { imagePath: "bzImage", args: ["0", "256"], memoryBytes: 2 ** 30, cpuModel: "max" };

let directory: string;
let path: string | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "counted-run-test-"));
  path = process.env.PATH;
  process.env.PATH = `${directory}:${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(directory, { recursive: true, force: true });
});

function qemu(script: string): void {
  const program = join(directory, "qemu-system-x86_64");
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
}
const run = () => countedRun($, { ...WHAT, program: join(directory, "qemu-system-x86_64"), timeoutMs: 5_000 });

test("the clock counts instructions, on one CPU, with nothing random, and the program gets its arguments", () => {
  const args = countedRunArgs(WHAT, "initrd").join(" ");
  expect(args).toContain("-icount shift=0,sleep=off");
  expect(args).toContain("-accel tcg,thread=single");
  expect(args).toContain("-smp 1 ");
  expect(args).toMatch(/ norandmaps .*-- 0 256 /);
});

test("neither the host's randomness nor its date reaches the machine, so that a count can be had again", () => {
  const args = countedRunArgs(WHAT, "initrd").join(" ");
  expect(args).toMatch(/-seed \d+/);
  expect(args).toMatch(/-rtc base=\d{4}-\d{2}-\d{2},clock=vm/);
});

test("what the machine printed is the answer", async () => {
  qemu("echo answer");
  expect(await run()).toContain("answer");
});

test("a kernel that panics is named with its words", async () => {
  qemu("echo 'Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled'");
  await expect(run()).rejects.toMatchObject({ code: "KERNEL_PANIC", exitCode: 3 });
});

test("a QEMU that fails is told by its own words", async () => {
  qemu("echo 'no such CPU model' >&2; exit 1");
  await expect(run()).rejects.toMatchObject({
    code: "COUNTED_RUN_FAILED",
    detail: expect.stringContaining("no such CPU"),
  });
});

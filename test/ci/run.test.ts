import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { until } from "../cli/fake-machine.ts";

let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "prezero-ci-"));
  writeFileSync(join(bin, "asked"), "");
});
afterEach(() => rmSync(bin, { recursive: true, force: true }));

/** Runs .ci/run with a script in npm's place that notes what it is asked for. */
function ci(script: string) {
  const npm = `#!/bin/sh\necho "$@" >> ${bin}/asked\n${script}\n`;
  writeFileSync(join(bin, "npm"), npm, { mode: 0o755 });
  const env = { PATH: [bin, process.env.PATH].join(delimiter) };
  return execa(projectPath(".ci/run"), [], { env, reject: false, all: true, stdin: "ignore" });
}
const asked = () => readFileSync(join(bin, "asked"), "utf8").trimEnd().split("\n");

test("runs what the README says, the tests of the kernel and the other bases, and sums up the times", async () => {
  const { exitCode, stdout } = await ci("");
  expect(exitCode).toBe(0);
  const onOthers = ["5.10", "6.1", "7.3"].flatMap((base) => [
    `run patches -- check --fast ${base}`,
    `run test:kunit -- --kernel ${base}`,
  ]);
  const first = ["ci --no-audit --no-fund", "run setup", "run doctor", "test", "run test:kernel"];
  expect(asked()).toEqual([...first, ...onOthers]);
  expect(stdout).toMatch(/=== summary\n(ok {6}\S+ 0 min \d+ s\n){11}total {3}0 min \d+ s$/);
});

test("stops at the first failure with its exit code, and says where", async () => {
  const { exitCode, stdout } = await ci('[ "$1" = test ] && exit 7; true');
  expect(exitCode).toBe(7);
  expect(asked().at(-1)).toBe("test");
  expect(stdout).toMatch(/FAILED {2}test \(exit code 7\)/);
});

test("a machine that the doctor is not content with can still pass", async () => {
  expect((await ci('[ "$2" = doctor ] && exit 1; true')).exitCode).toBe(0);
});

test("an interrupt ends everything that it started", async () => {
  const running = ci(`[ "$1" = test ] && tail -f ${bin}/asked; true`);
  const tails = async () => (await execa("pgrep", ["-f", `tail -f ${bin}/asked`], { reject: false })).stdout;
  await until(() => asked().includes("test"));
  running.kill("SIGTERM");
  expect((await running).exitCode).toBe(130);
  await expect.poll(tails, { timeout: 10_000 }).toBe("");
});

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBase } from "../../harness/kernel/bases.ts";
import { CommandLine } from "../cli/command-line.ts";

const commandLine = new CommandLine();

/** An unpacked kernel source without a file in it: nothing is downloaded, and nothing can be built. */
beforeAll(async () => {
  const { source } = await findBase("6.12");
  const version = source.version.replaceAll("~", "-");
  mkdirSync(join(commandLine.cache, "sources", `${source.package}_${version}`), { recursive: true });
});
afterAll(() => commandLine[Symbol.dispose]());

test("--dry-run says what the steps are; --full adds the debug kernel", async () => {
  const names = async (...args: string[]) => {
    const { exitCode, stdout } = await commandLine.run("test-kernel", "--dry-run", ...args);
    expect(exitCode).toBe(0);
    return stdout.split("\n").flatMap((line) => /^\d\. ([^:]+): ./.exec(line)?.[1] ?? []);
  };
  const quick = ["kernels", "patches", "refusals", "stress", "ordinary host", "cost when off", "benchmark"];
  expect(await names()).toEqual(quick);
  expect(await names("--full", "--only", "debug kernel")).toEqual(["debug kernel"]);
});

test("--only takes some of the steps", async () => {
  const listed = async (...args: string[]) => {
    const { stdout } = await commandLine.run("test-kernel", "--full", "--dry-run", ...args);
    return stdout.split("\n").flatMap((line) => /^\d+\. (.*?): [^:]*$/.exec(line)?.[1] ?? []);
  };
  expect(await listed("--only", "stress,cost when off")).toEqual(["stress", "cost when off"]);
  const unknown = await commandLine.run("test-kernel", "--only", "lock hold", "--dry-run");
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toMatch(
    /no step "lock hold" \[STEP_UNKNOWN\]\n.*kernels, patches, refusals, stress, .*--full/s,
  );
});

test("kernels that cannot be built: the other steps are reported as not run, and the exit code is the error's", async () => {
  const ktap = join(commandLine.root, "kernel.ktap");
  const junit = join(commandLine.root, "kernel.xml");
  const { exitCode, stdout, stderr } = await commandLine.run("test-kernel", "--ktap", ktap, "--junit", junit);
  expect(stderr).toMatch(/merge_config.sh was not found \(exit code 127\) \[KCONFIG_FAILED\]/);
  expect(stdout).toContain("FAILED  kernels: runs to its end\n");
  expect(stdout).toContain("MISSING stress\n");
  expect(stdout).toContain("\n0 passed, 7 failed\n");
  expect(exitCode).toBe(3);
  expect(readFileSync(ktap, "utf8")).toContain("not ok 4 stress");
  expect(readFileSync(junit, "utf8")).toContain('<testcase classname="kernels" name="runs to its end"><failure');
});

test.each([
  [["--kernel", "2.4"], "Allowed: 6.12"],
  [["--accel", "xen"], "--accel xen: allowed: auto, kvm, tcg"],
  [["--ktap", "/no/where.ktap"], "--ktap /no/where.ktap: allowed: a file in a directory that exists"],
  [["--junit", "/"], "--junit /: allowed: a file in a directory that exists"],
  [["--quick"], "unknown option '--quick'"],
])("%j is the caller's mistake, and what is allowed is named", async (args, named) => {
  const { exitCode, stderr } = await commandLine.run("test-kernel", ...args);
  expect(stderr).toContain(named);
  expect(exitCode).toBe(2);
});

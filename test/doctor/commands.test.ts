import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { NEEDED_PACKAGES } from "../../harness/doctor/packages.ts";
import { FakeMachine } from "./fake-machine.ts";

function cli(...args: string[]) {
  return execa(process.execPath, [projectPath("harness/cli.ts"), ...args], { reject: false });
}

/** A machine on which only flex is not installed, and whose apt-get and sudo only write down what they are told. */
function machineWithoutFlex(aptExitCode = 0): FakeMachine {
  const machine = new FakeMachine();
  machine.stub("dpkg-query", 'shift 3; for name; do test $name = flex || echo "$name installed"; done; exit 1');
  machine.stub("apt-get", `echo "$DEBIAN_FRONTEND apt-get $*" >> ${machine.root}/calls; exit ${aptExitCode}`);
  machine.stub("sudo", 'exec "$@"');
  return machine;
}

describe("setup", () => {
  test("installs what is missing, and says what and why", async () => {
    using machine = machineWithoutFlex();
    const { stdout, exitCode } = await cli("setup");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^flex +the kernel's configuration tools$/m);
    expect(readFileSync(join(machine.root, "calls"), "utf8").split("\n").slice(0, 2)).toEqual([
      "noninteractive apt-get update",
      "noninteractive apt-get install --yes --no-install-recommends flex",
    ]);
  });

  test("--dry-run prints the commands and runs none", async () => {
    using machine = machineWithoutFlex();
    const { stdout } = await cli("setup", "--dry-run");
    expect(stdout).toMatch(/^\$ .*DEBIAN_FRONTEND=noninteractive apt-get install .* flex$/m);
    expect(existsSync(join(machine.root, "calls"))).toBe(false);
  });

  test("does nothing when nothing is missing", async () => {
    using machine = machineWithoutFlex();
    machine.stub("dpkg-query", 'shift 3; for name; do echo "$name installed"; done');
    expect((await cli("setup")).stdout).toContain("installed already");
    expect(existsSync(join(machine.root, "calls"))).toBe(false);
  });

  test("that apt refuses ends with exit code 3 and the command to run by hand", async () => {
    using _machine = machineWithoutFlex(100);
    const { stderr, exitCode } = await cli("setup");
    expect(exitCode).toBe(3);
    expect(stderr).toContain("SETUP_FAILED");
    expect(stderr).toMatch(/reproduce: .*apt-get install .* flex/);
  });

  test("refuses an option it does not know", async () => {
    expect((await cli("setup", "--force")).exitCode).toBe(2);
  });
});

describe("doctor", () => {
  test("ends with exit code 1 when something must be done, and says what", async () => {
    using _machine = machineWithoutFlex();
    const { stdout, exitCode } = await cli("doctor");
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^FAIL {2}packages +not installed: flex\n +-> npm run setup$/m);
    expect(stdout).toMatch(/\nnot ready: see packages$/);
  });

  test.each(["/proc/nowhere", "/etc/passwd"])("looks at the rest where the cache cannot be: %s", async (cache) => {
    using _machine = machineWithoutFlex();
    process.env.PREZERO_CACHE = cache;
    const { stdout, stderr } = await cli("doctor");
    expect(stdout).toContain(`FAIL  disk        The cache cannot be in ${cache}`);
    expect(stdout).toMatch(/^PASS {2}node/);
    expect(stderr).toBe("");
  });

  test("--json prints each finding with its status", async () => {
    using _machine = machineWithoutFlex();
    const findings = JSON.parse((await cli("doctor", "--json")).stdout);
    const names = ["node", "packages", "QEMU", "KVM", "nested", "IOMMU", "processors", "memory"];
    expect(findings.map(({ name }: { name: string }) => name)).toEqual([...names, "huge pages", "memlock", "disk"]);
    expect(findings[1]).toMatchObject({ name: "packages", status: "FAIL", remedy: "npm run setup" });
  });
});

test("a cache that cannot be is told before a command does anything, and does not keep --help from helping", async () => {
  using _machine = new FakeMachine();
  process.env.PREZERO_CACHE = "/etc/passwd";
  expect(await cli("build-kernel")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^error: The cache cannot be in \/etc\/passwd: .*\[PLACE_UNUSABLE\]/),
  });
  expect((await cli("build-kernel", "--help")).exitCode).toBe(0);
});

test("--version prints the version of package.json, also through a link from anywhere", async () => {
  using machine = new FakeMachine();
  const { version, bin } = JSON.parse(readFileSync(projectPath("package.json"), "utf8"));
  symlinkSync(projectPath(bin.prezero), join(machine.root, "prezero"));
  const { stdout } = await execa("./prezero", ["--version"], { cwd: machine.root });
  expect(stdout).toBe(version);
});

test("every package that is needed says why, once", () => {
  for (const { why } of NEEDED_PACKAGES) expect(why.length).toBeGreaterThan(10);
  const names = NEEDED_PACKAGES.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

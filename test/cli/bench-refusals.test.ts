import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CommandLine } from "./command-line.ts";

/** Runs the bench, expects it to refuse and to have begun nothing. */
async function refusal(line: CommandLine, ...args: string[]) {
  const ended = await line.run("bench", ...args);
  expect(ended.stdout).toBe("");
  expect(existsSync(line.results)).toBe(false);
  return ended;
}

test.each([
  [
    ["--frobnicate"],
    /unknown option '--frobnicate'\nallowed: --thp, --memory, .*--resume, --require, --matters, --ktap, --junit, --dry-run, --json/,
  ],
  [["--arms", "base,patched"], /--arms base,patched: allowed: base, base-again, prezero, prezero-disabled/],
  [["--thp", "sometimes"], /--thp sometimes: allowed: on, off, mthp-64k, both/],
  [["--boots", "0"], /--boots 0: allowed: a whole number from 1 to 100/],
  [["--memory", "much"], /--memory much: allowed: default, or a size in steps of 2M/],
  [["--host", "ssh://root@server"], /There is no host "ssh:\/\/root@server".*\nremedy: Allowed for --host: nested/],
  [["--scenario", "vm-destroy"], /There is no scenario "vm-destroy".*\nremedy: Allowed: .*vm-create/],
  [["--kernel", ""], /There is no kernel base "".*\nremedy: Allowed: .*6\.12/],
  [["--kernel", "2.4"], /There is no kernel base "2.4".*\nremedy: Allowed: .*6\.12/],
  [
    ["--require", "thp-on = 8"],
    /--require thp-on = 8: allowed: thp-on, thp-off or thp-mthp-64k.*such as "thp-on >= 8"/,
  ],
  [["--resume"], /No run in .* has samples and is unfinished/],
  [["--resume", "2020-01-01T00-00-00-none"], /There is no run in/],
])("bench %j is the caller's mistake, and the message names what is allowed", async (args, message) => {
  using line = new CommandLine();
  const { exitCode, stderr } = await refusal(line, ...args);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(2);
});

test("memory that does not fit is refused before anything is built, and the largest that fits is named", async () => {
  using line = new CommandLine();
  const { exitCode, stderr } = await refusal(line, "--memory", "512T", "--accel", "tcg");
  expect(stderr).toMatch(
    /A VM of 524288G does not fit: it needs .* GiB .* this machine has .* GiB \[MEMORY_DOES_NOT_FIT\]/,
  );
  expect(stderr).toMatch(/remedy: The largest that fits is [\d.]+[GM]: --memory [\d.]+[GM]/);
  expect(exitCode).toBe(2);
  expect(existsSync(join(line.cache, "sources"))).toBe(false);
});

test("a malformed scenario is refused with file, line and column", async () => {
  using line = new CommandLine();
  const path = join(line.root, "broken.yaml");
  writeFileSync(path, "description: broken\narms: [base, prezero\nboots: 4\n");
  const { exitCode, stderr } = await refusal(line, "--scenario", path);
  expect(stderr).toMatch(/broken\.yaml:\d+:\d+ is not valid YAML/);
  expect(exitCode).toBe(2);
});

test("a scenario with a wrong key is refused, the key named", async () => {
  using line = new CommandLine();
  const path = join(line.root, "wrong.yaml");
  writeFileSync(path, "description: wrong\narms: [base, windows]\n");
  const { exitCode, stderr } = await refusal(line, "--scenario", path);
  expect(stderr).toMatch(/wrong\.yaml is not a valid configuration/);
  expect(stderr).toMatch(/arms/);
  expect(exitCode).toBe(2);
});

test("a missing QEMU is the infrastructure's failure, and setup is the remedy", async () => {
  using line = new CommandLine();
  const bin = join(line.root, "bin");
  mkdirSync(bin);
  // Everything that starting a program needs, but no QEMU.
  for (const tool of ["setpriv", "sh"]) {
    symlinkSync(execFileSync("which", [tool], { encoding: "utf8" }).trim(), join(bin, tool));
  }
  line.env.PATH = bin;
  const { exitCode, stderr } = await refusal(line, "--memory", "1G", "--accel", "tcg");
  expect(stderr).toMatch(/qemu-system-x86_64.*\[QEMU_MISSING\]/);
  expect(stderr).toMatch(/remedy: .*npm run setup/);
  expect(exitCode).toBe(3);
});

test("--help is no mistake and names every option", async () => {
  using line = new CommandLine();
  const { exitCode, stdout } = await line.run("bench", "--help");
  expect(exitCode).toBe(0);
  for (const option of ["--thp", "--memory", "--sweep", "--boots", "--rounds", "--arms", "--resume", "--dry-run"]) {
    expect(stdout).toContain(option);
  }
  expect(stdout).toMatch(/A requirement of --require is THP\[:ARM\] OPERATOR RATIO[\s\S]*the low end for >=\s+and >/);
});

test("--dry-run prints the plan, its estimate and the real commands, and begins nothing", async () => {
  using line = new CommandLine();
  const { exitCode, stdout } = await line.run(
    ...["bench", "--dry-run", "--arms", "base", "--memory", "512M", "--accel", "tcg", "--boots", "2", "--thp", "on"],
  );
  expect(stdout).toContain("boots     base base\n");
  expect(stdout).toMatch(/estimate {2}.* not counting kernel builds/);
  expect(stdout).toMatch(/ make O=build .*bzImage$/m);
  expect(stdout).toMatch(/^qemu-system-x86_64 .*-device intel-iommu/m);
  expect(stdout).toMatch(/^# on the host: .*vmtime qemu-system-x86_64 .*-m 512M .*vfio-pci/m);
  expect(exitCode).toBe(0);
  expect(existsSync(line.results)).toBe(false);
});

test("--dry-run shows the program of a scenario, and the fragments that its kernels get", async () => {
  using line = new CommandLine();
  const args = ["--arms", "base", "--memory", "512M", "--accel", "tcg"];
  const { exitCode, stdout } = await line.run("bench", "--dry-run", "--scenario", "security", ...args);
  expect(stdout).toMatch(/^# on the host: stale 512 off 30$/m);
  expect(stdout).toMatch(/^# on the host: stale 512 on 30$/m);
  expect(stdout).not.toContain("vmtime qemu");
  expect(stdout).toMatch(/^# wanted\.config is .*bench\.config \+ .*devmem\.config$/m);
  expect(exitCode).toBe(0);
});

test("--dry-run --json prints the same as JSON and nothing else", async () => {
  using line = new CommandLine();
  const args = ["--arms", "base", "--memory", "512M", "--accel", "tcg", "--boots", "3"];
  const { exitCode, stdout } = await line.run("bench", "--dry-run", "--json", ...args);
  const plan = JSON.parse(stdout);
  expect(plan).toMatchObject({ settings: { memoryBytes: 2 ** 29, boots: 3 }, estimateSeconds: expect.any(Number) });
  expect(plan.plan).toHaveLength(3);
  expect(plan.commands.join("\n")).toContain("qemu-system-x86_64");
  expect(exitCode).toBe(0);
});

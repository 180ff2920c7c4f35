import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";

const cache = mkdtempSync(join(tmpdir(), "prezero-patches-command-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** Runs `patches` as a user does, with an empty cache: nothing here may need the network. */
function patches(...args: string[]): { exitCode: number; stdout: string; stderr: string } {
  const env = { ...process.env, PREZERO_CACHE: cache, NO_COLOR: "1" };
  try {
    const argv = [projectPath("harness/cli.ts"), "patches", ...args];
    const stdout = execFileSync(process.execPath, argv, { encoding: "utf8", env, stdio: ["ignore", "pipe", "pipe"] });
    return { exitCode: 0, stdout, stderr: "" };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { exitCode: status, stdout, stderr };
  }
}

vi.setConfig({ testTimeout: 60_000 });

describe("npm run patches", () => {
  test("--help names the commands and their options", () => {
    expect(patches("--help").stdout).toMatch(
      /status[\s\S]*edit [\s\S]*refresh [\s\S]*port [\s\S]*check [\s\S]*export /,
    );
    expect(patches("check", "--help").stdout).toMatch(/--fast[\s\S]*--json[\s\S]*--ktap[\s\S]*--dry-run/);
  });

  test.each([
    ["an unknown base", ["edit", "2.4"], /no kernel base "2\.4"[\s\S]*Allowed: .*6\.12/],
    ["no base", ["refresh"], /missing required argument 'base'/],
    ["an unknown option", ["check", "--quick"], /unknown option '--quick'/],
    ["an unknown command", ["carry"], /unknown command|too many arguments/],
  ])("%s is the caller's mistake", (_, args, message) => {
    const answer = patches(...args);
    expect(answer.exitCode).toBe(2);
    expect(answer.stderr).toMatch(message);
  });
});

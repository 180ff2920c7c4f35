import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectPath } from "../../harness/base/paths.ts";

export type Ended = { exitCode: number | null; stdout: string; stderr: string };

/** The harness as a child process, with a cache and results of its own that disposing removes. */
export class CommandLine implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), "prezero-cli-"));
  readonly cache = join(this.root, "cache");
  results = join(this.root, "results");
  readonly env: NodeJS.ProcessEnv = {
    ...process.env,
    PREZERO_CACHE: this.cache,
    PREZERO_RESULTS: this.results,
    NO_COLOR: "1",
  };

  /** Runs `npm run COMMAND -- ARGS` to its end. */
  async run(...args: string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** Starts it; the caller may look on, send signals and wait. */
  start(...args: string[]): { child: ChildProcess; ended: Promise<Ended>; stderr: () => string } {
    const child = spawn(process.execPath, [projectPath("harness/cli.ts"), ...args], {
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = new Promise<Ended>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
    });
    return { child, ended, stderr: () => stderr };
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

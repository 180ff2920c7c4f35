import { type ChildProcess, spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { projectPath } from "../../harness/base/paths.ts";

/** Imports and a shell for a program of a test's own, as the command line makes it. */
const PROLOGUE = `
  import { handleInterrupts } from ${JSON.stringify(projectPath("harness/base/interrupt.ts"))};
  import { createShell } from ${JSON.stringify(projectPath("harness/base/shell.ts"))};
  import { withLock } from ${JSON.stringify(projectPath("harness/base/lock.ts"))};
  const $ = createShell({ signal: handleInterrupts(), announce: () => {}, dry: false });
`;

/** Starts a program that has a shell `$`; all that descends from it carries `mark` in its environment. */
export function startOwnProgram(body: string, mark: string): ChildProcess {
  return spawn(process.execPath, ["--input-type=module", "--eval", PROLOGUE + body], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PREZERO_TEST_MARK: mark },
  });
}

/** Command lines of living processes that carry the mark, `pid command`. */
export function processesWith(mark: string): string[] {
  return globSync("/proc/[0-9]*").flatMap((directory) => {
    try {
      if (!readFileSync(`${directory}/environ`, "latin1").includes(`PREZERO_TEST_MARK=${mark}\0`)) return [];
      const command = readFileSync(`${directory}/cmdline`, "latin1").replaceAll("\0", " ");
      return command === "" ? [] : [`${directory.slice("/proc/".length)} ${command}`];
    } catch {
      return [];
    }
  });
}

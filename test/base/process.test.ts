import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";

/** Takes its time to tidy up when it is asked to end. */
const TIDY = `trap 'sleep 0.3; echo tidy > "$0"; exit' TERM; echo begun > "$0"; sleep 30 & wait`;

describe("Ctrl-C while a command runs", () => {
  let dir = "";
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "prezero-process-test-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  /** What the command leaves behind after an interrupt. */
  async function leftBy(options: object): Promise<string> {
    const file = join(dir, "state");
    const program = `
      import { handleInterrupts } from ${JSON.stringify(projectPath("harness/base/interrupt.ts"))};
      import { run } from ${JSON.stringify(projectPath("harness/base/process.ts"))};
      handleInterrupts();
      await run("sh", ["-c", ${JSON.stringify(TIDY)}, ${JSON.stringify(file)}], ${JSON.stringify(options)}).catch(
        (error) => process.exit(error.exitCode));
    `;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "ignore" });
    while (!existsSync(file) || readFileSync(file, "utf8") === "") await sleep(20);
    child.kill("SIGINT");
    const [exitCode] = await once(child, "exit");
    expect(exitCode).toBe(130);
    return readFileSync(file, "utf8").trim();
  }

  test("it is killed", async () => {
    expect(await leftBy({})).toBe("begun");
  });

  test("one that has something to take away is asked to end, and waited for", async () => {
    expect(await leftBy({ interruptWith: "SIGTERM" })).toBe("tidy");
  });
});

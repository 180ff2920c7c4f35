import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";

test("who reads the output may leave before its end, and hears of no error", () => {
  const command = `"${process.execPath}" "${projectPath("harness/cli.ts")}" results list | true; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", command], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(stdout).toBe("0\n");
});

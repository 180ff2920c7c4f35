import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CONTROLS, VERIFY } from "../../harness/host/controls.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "controls-"));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Switches the verifier on in a /sys that has it there. */
function switchOn(...places: string[]) {
  for (const place of places) {
    mkdirSync(join(root, place), { recursive: true });
    writeFileSync(join(root, place, "verify"), "0\n");
  }
  const command = `echo 1 > ${VERIFY} && cat ${VERIFY}`.replaceAll("/sys", `${root}/sys`);
  return spawnSync("sh", ["-c", command], { encoding: "utf8" });
}

test.each([
  ["in debugfs", "/sys/kernel/debug/page_prezero"],
  ["among the controls, with the older form of the series", CONTROLS],
])("the verifier is switched on where it is: %s", (_, place) => {
  expect(switchOn(place)).toMatchObject({ status: 0, stdout: "1\n" });
  expect(readFileSync(join(root, place, "verify"), "utf8")).toBe("1\n");
});

test("where it is nowhere the command fails, and says what was looked for", () => {
  const { status, stderr } = switchOn();
  expect(status).not.toBe(0);
  expect(stderr).toContain("page_prezero/verify");
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { measuredProgram } from "../../harness/host/measured-program.ts";
import { compileHostPrograms } from "../../harness/host/programs.ts";
import { compileRom } from "../../harness/nested/initramfs.ts";
import { $ } from "../fakes/shell.ts";

let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "balloon-"));
  await compileHostPrograms($, directory, ["balloon"]);
  await compileRom($, directory);
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true }));

const run = (command: string) => {
  const { stdout, stderr, status } = spawnSync("sh", ["-c", command], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${directory}:${process.env.PATH}` },
  });
  return { stdout, stderr, exitCode: status ?? 128 };
};
const measure = (command: string) => measuredProgram(async () => run(command), command, 0);

describe("balloon", { timeout: 60_000 }, () => {
  const rom = () => join(directory, "reporter.rom");

  it("has a ROM that is as large as QEMU wants one, with the reset vector at its end", () => {
    const bytes = readFileSync(rom());
    expect(bytes).toHaveLength(64 * 1024);
    expect(bytes.readUInt8(bytes.length - 16)).toBe(0xe9); // jmp
  });

  it("runs a VM that reports its memory, and finds that the host has got it back", async () => {
    const { seconds, values } = await measure(`balloon 64 off ${rom()} tcg`);
    expect(seconds).toBeLessThan(30);
    expect(Object.keys(values)).toEqual(["firstTouchSeconds", "reportSeconds", "takenBackShare"]);
    expect(values.takenBackShare).toBeGreaterThan(0.95);
  });

  it("fails with QEMU's words when the VM cannot be started", () => {
    const { stdout, stderr, exitCode } = run(`balloon 64 off ${join(directory, "none.rom")} tcg`);
    expect(stderr).toMatch(/none\.rom/);
    expect(stderr).toContain("balloon: QEMU ended\n");
    expect([stdout, exitCode]).toEqual(["", 1]);
  });

  it("says how it is used when it is not", () => {
    expect(run("balloon")).toMatchObject({
      stdout: "",
      exitCode: 2,
      stderr: expect.stringMatching(/^usage: balloon /),
    });
  });

  it("refuses a size that its VM cannot have", () => {
    expect(run(`balloon 16 off ${rom()} tcg`)).toMatchObject({ exitCode: 2 });
    expect(run(`balloon 4096 off ${rom()} tcg`)).toMatchObject({ exitCode: 2 });
  });
});

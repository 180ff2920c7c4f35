import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { projectPath } from "../../harness/base/paths.ts";
import { exportSeries } from "../../harness/patches/export/export.ts";
import { refreshPatches } from "../../harness/patches/refresh.ts";
import { readSeries } from "../../harness/series/series.ts";
import { $ } from "../fakes/shell.ts";
import { mayMount, SmallDisk } from "../fakes/small-disk.ts";
import { FakeKernel } from "./fake-base.ts";

vi.setConfig({ testTimeout: 120_000 });

async function exportTo(kernel: FakeKernel, outDir: string): Promise<string[]> {
  return exportSeries($, {
    base: await kernel.base(),
    series: await readSeries(kernel.patchesDir),
    outDir,
    version: 1,
    who: "A Person <a@example.org>",
    recipients: { to: [], cc: [] },
    letter: { subject: "mm: x", body: "Why.\n\n@TABLES@" },
    tables: [],
  });
}

/** As a user runs it, with that cache. */
function patches(cache: string, ...args: string[]): { exitCode: number | null; stderr: string } {
  const env = { ...process.env, PREZERO_CACHE: cache, NO_COLOR: "1" };
  const argv = [projectPath("harness/cli.ts"), "patches", ...args];
  const { status, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8", env });
  return { exitCode: status, stderr };
}

describe.skipIf(!mayMount)("a disk that takes nothing more (as root, who may mount one)", () => {
  test("export tells a full one and a read-only one, and leaves nothing half written", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    using disk = new SmallDisk();
    disk.fill();
    const full = { code: "DISK_FULL", exitCode: 3, remedy: expect.stringContaining("--out DIR") };
    await expect(exportTo(kernel, join(disk.path))).rejects.toMatchObject(full);
    expect(readdirSync(disk.path)).toEqual(["filler"]);
    disk.makeReadOnly();
    await expect(exportTo(kernel, join(disk.path, "out"))).rejects.toMatchObject({
      code: "DISK_READ_ONLY",
      exitCode: 3,
    });
  });

  test("refresh tells a full one and a read-only one, and goes on when there is room", async () => {
    using kernel = new FakeKernel();
    await kernel.startWithThree();
    using disk = new SmallDisk();
    const patchesDir = join(disk.path, "kernel-patches");
    cpSync(kernel.patchesDir, patchesDir, { recursive: true });
    kernel.change("mm/Kconfig", "config 4\n", "config four\n");
    kernel.commit("mm: one more");
    const options = { base: await kernel.base(), dir: kernel.worktree, patchesDir };
    disk.makeReadOnly();
    const readOnly = {
      code: "DISK_READ_ONLY",
      exitCode: 3,
      message: expect.stringContaining(`the patches in ${patchesDir}`),
    };
    await expect(refreshPatches($, options)).rejects.toMatchObject(readOnly);
    execFileSync("mount", ["-o", "remount,rw", disk.path]);
    disk.fill();
    await expect(refreshPatches($, options)).rejects.toMatchObject({ code: "DISK_FULL", exitCode: 3 });
    writeFileSync(join(disk.path, "filler"), "");
    expect((await refreshPatches($, options)).added).toHaveLength(1);
  });

  test("edit and status tell a cache that cannot be written as such, without a stack", () => {
    using disk = new SmallDisk();
    disk.makeReadOnly();
    for (const args of [
      ["edit", "6.12"],
      ["status", "6.12"],
    ]) {
      const { exitCode, stderr } = patches(disk.path, ...args);
      expect(stderr).toMatch(/^error: The disk that holds the cache in .* is mounted read-only \[DISK_READ_ONLY\]$/m);
      expect(stderr).toContain("PREZERO_CACHE=DIR");
      expect(stderr).not.toContain("    at ");
      expect(exitCode).toBe(3);
    }
  });
});

test("a file where the mails are to go is named, and is left alone", async () => {
  using kernel = new FakeKernel();
  await kernel.startWithThree();
  const file = join(kernel.root, "file");
  writeFileSync(file, "mine\n");
  await expect(exportTo(kernel, file)).rejects.toMatchObject({ code: "PLACE_UNUSABLE", exitCode: 2 });
  expect(existsSync(file)).toBe(true);
});

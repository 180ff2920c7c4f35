import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { showReport } from "../../../harness/patches/check/report.ts";
import { CheckedKernel, findings } from "./fake-checked-kernel.ts";

/** Hundreds of git processes: seconds on an idle machine, more on a busy one. */
vi.setConfig({ testTimeout: 60_000 });

/** A series of one patch, and a directory with another that was made on top of it. */
async function seriesWithBench(kernel: CheckedKernel): Promise<string> {
  await kernel.start();
  kernel.change("mm/page_alloc.c", "return 0", "return 1");
  kernel.commit("mm: return one");
  await kernel.refresh();
  kernel.change("mm/page_alloc.c", "return 1", "return BAD_STYLE");
  kernel.commit("mm: take times");
  const dir = join(kernel.root, "bench-patches");
  mkdirSync(dir);
  writeFileSync(join(dir, "take-times.patch"), kernel.git("format-patch", "-1", "--stdout"));
  writeFileSync(join(dir, "series"), "take-times.patch\n");
  kernel.git("reset", "--hard", "--quiet", "HEAD^");
  return dir;
}

test("what is for measuring has to apply on top of the series, and is asked for nothing else", async () => {
  using kernel = new CheckedKernel();
  const report = await kernel.check(true, [await seriesWithBench(kernel)]);
  expect(report.patches.map(({ patch }) => patch)).toEqual(["0001-return-one.patch", "take-times.patch"]);
  expect(findings(report, "apply")).toEqual([[], []]);
  expect(findings(report, "checkpatch")[1]).toEqual(["skipped: for measuring alone"]);
  expect(report.ok).toBe(true);
});

test("a series that has changed under it is not clean, and the report names the patch and the file", async () => {
  using kernel = new CheckedKernel();
  const dir = await seriesWithBench(kernel);
  kernel.change("mm/page_alloc.c", "return 1", "return 2");
  kernel.git("commit", "--quiet", "--all", "--amend", "--no-edit");
  await kernel.refresh();
  const report = await kernel.check(true, [dir]);
  expect(findings(report, "apply")).toEqual([[], [expect.stringMatching(/take-times\.patch.*mm\/page_alloc\.c/s)]]);
  expect(showReport(report)).toContain("+ take-times.patch: apply:");
  expect(report.ok).toBe(false);
});

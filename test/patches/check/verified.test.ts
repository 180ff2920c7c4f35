import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { expect, test, vi } from "vitest";
import { cacheDir, projectPath } from "../../../harness/base/paths.ts";
import { findBase } from "../../../harness/kernel/bases.ts";
import { casesOf } from "../../../harness/ktap/result.ts";
import { renderJunit } from "../../../harness/ktap/write.ts";
import { seriesResults } from "../../../harness/patches/check/report.ts";
import { readVerified, whatIsChecked } from "../../../harness/patches/check/verified.ts";
import { readSeries, seriesSha256 } from "../../../harness/series/series.ts";
import { CheckedKernel } from "./fake-checked-kernel.ts";

const ONE = "0001-return-one.patch";

/** Hundreds of git processes: seconds on an idle machine, more on a busy one. */
vi.setConfig({ testTimeout: 60_000 });

async function seriesOfOne(kernel: CheckedKernel, code = "return 1 + order"): Promise<void> {
  await kernel.start();
  kernel.change("mm/page_reporting.c", "return order", code);
  kernel.commit("mm: return one");
  await kernel.refresh();
}

test("a green check is recorded: what was checked, on what, when, and by which compiler", async () => {
  using kernel = new CheckedKernel();
  await seriesOfOne(kernel);
  const before = Date.now();
  await kernel.verify();
  const { full, fast } = readVerified("0.1");
  expect(fast).toBeUndefined();
  expect(full).toMatchObject({ packageName: "linux-source-0.1", version: "0.1.2-3~deb0u1" });
  expect(full?.seriesSha256).toBe(seriesSha256((await readSeries(kernel.patchesDir)).patches));
  expect(full?.compiler).toMatch(/gcc/);
  expect(Date.parse(full?.at ?? "")).toBeGreaterThanOrEqual(before);
});

test("a fast check does not take the place of a full one", async () => {
  using kernel = new CheckedKernel();
  await seriesOfOne(kernel);
  await kernel.verify();
  const { full } = readVerified("0.1");
  await kernel.verify(true);
  expect(readVerified("0.1")).toEqual({
    full,
    fast: expect.objectContaining({ seriesSha256: full?.seriesSha256, compiler: null, without: [] }),
  });
});

test("a check that builds the series only as a whole leaves no record: each patch has to build", async () => {
  using kernel = new CheckedKernel();
  await seriesOfOne(kernel);
  expect((await kernel.verify(false, false)).ok).toBe(true);
  expect(readVerified("0.1")).toEqual({});
});

test("a check that is not green, and one of nothing, leave no record", async () => {
  using kernel = new CheckedKernel();
  await kernel.start();
  expect((await kernel.verify(true)).ok).toBe(true);
  expect(readVerified("0.1")).toEqual({});
  kernel.change("mm/page_reporting.c", "return order", "int BAD_STYLE;\n\treturn order");
  kernel.commit("mm: return one");
  await kernel.refresh();
  expect((await kernel.verify(true)).ok).toBe(false);
  expect(readVerified("0.1")).toEqual({});
});

test("a record that is damaged is none", () => {
  using _kernel = new CheckedKernel();
  const path = cacheDir("verified", "0.1.json");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '{"full": {"version": 7}}');
  expect(readVerified("0.1")).toEqual({});
});

test("the report as JUnit XML: a suite per patch, what is new in the failure, what was left out as skipped", async () => {
  using kernel = new CheckedKernel();
  await seriesOfOne(kernel, "int BAD_STYLE;\n\treturn order");
  const xml = renderJunit(casesOf(seriesResults(await kernel.check(true))));
  expect(xml).toContain(`<testsuite name="${ONE}" tests="8" failures="1" skipped="4">`);
  expect(xml).toContain(
    `<testcase classname="${ONE}" name="checkpatch"><failure message="failed">+ mm/page_reporting.c:`,
  );
  expect(xml).toContain('<testsuite name="configurations" tests="4" failures="0" skipped="4">');
  expect(xml).toContain(
    '<testcase classname="configurations" name="small"><skipped message="not run with --fast"/></testcase>',
  );
});

test("whoever asks for the check of a base: its own fragments, those of the check, what is measured on top", async () => {
  expect(whatIsChecked(await findBase("7.3"))).toMatchObject({
    name: "7.3",
    patchesDir: expect.stringMatching(/kernel-patches\/7\.3$/),
    fragments: ["bench.config", "7.3.config", "check-7.3.config"],
  });
  expect(whatIsChecked(await findBase("6.12")).onTop).toEqual([expect.stringMatching(/6\.12\/native$/)]);
});

test("there is one definition of the check: nothing but verifyBase tells checkSeries what to check", () => {
  const callers = globSync("**/*.ts", { cwd: projectPath("harness") }).filter((file) =>
    /\b(?:checkSeries|verifySeries)\(/.test(readFileSync(projectPath("harness", file), "utf8")),
  );
  expect(callers.toSorted()).toEqual(["patches/check/check.ts", "patches/check/verified.ts"]);
});

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseKtap } from "../../harness/ktap/parse.ts";
import { casesOf, showCase, type TestResult } from "../../harness/ktap/result.ts";
import { renderJunit, renderKtap, writeResults } from "../../harness/ktap/write.ts";

const RESULTS: TestResult[] = [
  {
    name: "stress",
    status: "failed",
    log: [],
    subtests: [
      { name: "4K", status: "passed", log: ["looked at 5 pages"], subtests: [] },
      { name: "2M", status: "passed", found: "0.5 s", log: [], subtests: [] },
      { name: "64K", status: "failed", log: ["1 < 2 & \u001b[31mred", 'of "64K"'], subtests: [] },
    ],
  },
  { name: "poison", status: "skipped", log: ["not in this kernel"], subtests: [] },
];

test("results written as KTAP read back as the same results", () => {
  const { results, problems } = parseKtap(renderKtap(RESULTS));
  expect(problems).toEqual([]);
  expect(casesOf(results)).toEqual([
    { group: ["stress"], name: "4K", status: "passed", log: ["# looked at 5 pages"] },
    { group: ["stress"], name: "2M", status: "passed", log: ["# 0.5 s"] },
    { group: ["stress"], name: "64K", status: "failed", log: ["# 1 < 2 & \u001b[31mred", '# of "64K"'] },
    { group: [], name: "poison", status: "skipped", log: ["not in this kernel"] },
  ]);
});

test("JUnit has a suite for each group, and nothing that XML does not allow", () => {
  const xml = renderJunit(casesOf(RESULTS));
  expect(xml).toContain('<testsuite name="stress" tests="3" failures="1" skipped="0">');
  expect(xml).toContain('<testcase classname="stress" name="4K"/>');
  expect(xml).toContain('<testcase classname="stress" name="2M"><system-out>0.5 s</system-out></testcase>');
  expect(xml).toContain('<failure message="failed">1 &lt; 2 &amp; [31mred\nof &quot;64K&quot;</failure>');
  expect(xml).toContain('<skipped message="not in this kernel"/>');
});

test("on a terminal a case is a line, and one that fails is followed by what it said", () => {
  expect(casesOf(RESULTS).map(showCase)).toEqual([
    "ok      stress: 4K",
    "ok      stress: 2M: 0.5 s",
    'FAILED  stress: 64K\n          1 < 2 & \u001b[31mred\n          of "64K"',
    "skipped poison\n          not in this kernel",
  ]);
});

test("a file that cannot be written does not keep the other from being written", () => {
  const directory = mkdtempSync(join(tmpdir(), "prezero-write-"));
  try {
    const junit = join(directory, "out.xml");
    expect(() => writeResults({ ktap: join(directory, "nowhere/out.ktap"), junit }, RESULTS)).toThrow();
    expect(readFileSync(junit, "utf8")).toContain("<testsuites>");
  } finally {
    rmSync(directory, { recursive: true });
  }
});

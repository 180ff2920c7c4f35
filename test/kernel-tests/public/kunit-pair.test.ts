import { expect, test } from "vitest";
import { InfrastructureError } from "../../../harness/base/errors.ts";
import { kunitPair } from "../../../harness/kernel-tests/public/suites.ts";
import { parseKtap } from "../../../harness/ktap/parse.ts";
import { $ } from "../../fakes/shell.ts";

const OUTPUT = `KTAP version 1
1..1
    KTAP version 1
    # Subtest: slub_test
    1..2
    ok 1 test_clobber_zone
    # test_next_pointer: EXPECTATION FAILED at lib/slub_kunit.c:88
    ok 2 test_next_pointer
ok 1 slub_test
`;
const RED = OUTPUT.replace("    ok 2", "    not ok 2").replace("\nok 1", "\nnot ok 1");
const pair = async (base: string, series: string, failure?: InfrastructureError) =>
  kunitPair($, "linux-base", "linux-series", async (program) => ({
    report: parseKtap(program === "linux-base" ? base : series),
    failure: program === "linux-base" ? undefined : failure,
  }));

test("suites that say the same on both kernels pass", async () => {
  expect((await pair(OUTPUT, OUTPUT)).map(({ status, name, found }) => `${status} ${name}: ${found}`)).toEqual([
    "passed base: all suites were heard: 1 suite",
    "passed series: all suites were heard: 1 suite",
    "passed slub_test: 2 passed on both",
  ]);
});

test("a case that fails on the series alone is a failure that names it and says what it said", async () => {
  const result = (await pair(OUTPUT, RED)).at(-1);
  expect(result?.status).toBe("failed");
  expect(result?.log).toContain("test_next_pointer: passed on base, failed on the series");
  expect(result?.log.join("\n")).toContain("EXPECTATION FAILED");
});

test("a kernel that dies in the middle has not said the same", async () => {
  const panic = new InfrastructureError({ code: "KERNEL_PANIC", message: "The kernel broke", remedy: "Fix it." });
  const results = await pair(OUTPUT, OUTPUT.split("\n").slice(0, 6).join("\n"), panic);
  expect(results.map(({ status }) => status)).toEqual(["passed", "failed", "failed"]);
  expect(results[1]?.log.join("\n")).toContain("KERNEL_PANIC");
});

test("kernels that say nothing have not passed", async () => {
  expect((await pair("", "")).map(({ status }) => status)).toEqual(["failed", "failed"]);
});

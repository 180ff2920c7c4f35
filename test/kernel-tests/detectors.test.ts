import { expect, test } from "vitest";
import { findComplaints } from "../../harness/host/complaints.ts";
import { quiet } from "../../harness/kernel-tests/boot/test-host.ts";
import { suiteOfBoot } from "../../harness/kernel-tests/detectors.ts";
import { casesOf } from "../../harness/ktap/result.ts";
import { ON_PURPOSE } from "../../harness/kunit/suite.ts";

const SUITE = `[    3.1] KTAP version 1
[    3.1] 1..1
[    3.2]     KTAP version 1
[    3.2]     # Subtest: page_prezero
[    3.2]     1..2
[    3.3]     ok 1 prezero_test_bulk_is_zero
[    4.3]     ok 2 prezero_test_verifier_finds_a_lie
[    4.4] ok 1 page_prezero
`;
const warning = (said: string) => `[    4.0] ------------[ cut here ]------------
[    4.0] ${said}
[    4.0] WARNING: CPU: 0 PID: 1 at mm/page_prezero.c:200 __page_prezero_verify+0x1/0x2
[    4.0] ---[ end trace 0000000000000000 ]---
`;
const failed = async (dmesg: string) =>
  casesOf(await suiteOfBoot({ exec: async () => ({ stdout: dmesg, stderr: "", exitCode: 0 }) }))
    .filter(({ status }) => status === "failed")
    .map(({ name }) => name);
const statusOf = async (console: string) =>
  (await quiet({ complaints: async () => findComplaints(console) }, ON_PURPOSE)).status;

test("the suite's cases come out of the log of the boot", async () => {
  expect(await failed(SUITE)).toEqual([]);
});

test("a failed case is a failed case", async () => {
  const red = SUITE.replace("ok 1 prezero_test_bulk", "not ok 1 prezero_test_bulk");
  expect(await failed(red)).toEqual(["prezero_test_bulk_is_zero"]);
});

test.each([
  ["a log without the suite", ""],
  ["a suite that ends in the middle", SUITE.split("\n").slice(0, 6).join("\n")],
])("%s has not passed", async (_, log) => {
  expect(await failed(log)).toContain("all of the suite was heard");
});

test("the warning that a case makes on purpose is none, any other is a failure", async () => {
  expect(await statusOf(warning("pfn 0x2c01 of order 4 is not zero at page 1"))).toBe("passed");
  expect(await statusOf(warning("something else"))).toBe("failed");
});

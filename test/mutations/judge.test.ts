import { expect, test } from "vitest";
import { InfrastructureError } from "../../harness/base/errors.ts";
import type { TestResult, TestStatus } from "../../harness/ktap/result.ts";
import { judge } from "../../harness/mutations/judge.ts";

const CASE = "prezero_test_bulk_is_zero";
const suite = (name: string, status: TestStatus, log: string[] = []): TestResult[] => [
  { name: "page_prezero", status, log: [], subtests: [{ name, status, log, subtests: [] }] },
];
const failure = (code: string) => new InfrastructureError({ code, message: `the kernel: ${code}`, remedy: "" });

test("caught when the named case fails; what it expected is the evidence", () => {
  const log = [
    "    # prezero_test: EXPECTATION FAILED at mm/x.c:7",
    "    Expected a == 0, but",
    "        a == 1",
    "more",
  ];
  expect(judge(CASE, { results: suite(CASE, "failed", log), failure: undefined })).toEqual({
    caught: true,
    evidence: "Expected a == 0, but; a == 1",
  });
});

test("a case may be named by how it begins", () => {
  const results = suite("PMD size: 512 of 1024 pages are not zero", "failed");
  expect(judge("PMD size", { results, failure: undefined }).caught).toBe(true);
});

test.each(["KERNEL_PANIC", "KERNEL_OOPS", "KUNIT_HUNG", "KUNIT_INCOMPLETE", "HOST_HUNG"])(
  "caught when the kernel dies: %s",
  (code) => {
    expect(judge(CASE, { results: [], failure: failure(code) })).toEqual({
      caught: true,
      evidence: `the kernel: ${code}`,
    });
  },
);

test("missed when it passes, whatever else fails", () => {
  const results = [...suite(CASE, "passed"), ...suite("another", "failed")];
  expect(judge(CASE, { results, failure: undefined }).caught).toBe(false);
});

test("missed when the kernel only warned: what the named test does not notice is not caught", () => {
  expect(judge(CASE, { results: suite(CASE, "passed"), failure: failure("KERNEL_WARNING") }).caught).toBe(false);
});

test("a run that broke off for a reason of its own is neither", () => {
  expect(() => judge(CASE, { results: suite(CASE, "passed"), failure: failure("QEMU_MISSING") })).toThrow(
    "QEMU_MISSING",
  );
});

test.each([
  ["no such case", suite("another", "passed")],
  ["a skipped one", suite(CASE, "skipped")],
])("%s can catch nothing, and that is an error", (_, results) => {
  expect(() => judge(CASE, { results, failure: undefined })).toThrow(/can catch nothing/);
});

import { expect, test } from "vitest";
import { verdictOf } from "../../../harness/kernel-tests/public/verdict.ts";

const TAP = "TAP version 13\n1..3\nok 1 private\nnot ok 2 shared\nok 3 hugetlb # SKIP no huge pages\n";

test.each([
  [0, "passed"],
  [1, "failed"],
  [2, "passed"],
  [4, "skipped"],
  [127, "failed"],
  [137, "failed"],
])("exit code %i means %s, whatever the output says", (exitCode, status) => {
  expect(verdictOf("cow", TAP, exitCode).status).toBe(status);
  expect(verdictOf("cow", "", exitCode)).toMatchObject({ status, cases: [] });
});

test("the cases are those of the TAP output", () => {
  const { cases } = verdictOf("cow", `mlocking\n${TAP}`, 1);
  expect(cases.map(({ name, status }) => `${status} ${name}`)).toEqual([
    "passed private",
    "failed shared",
    "skipped hugetlb",
  ]);
});

test("the log tells how it ended and what it said last", () => {
  expect(verdictOf("cow", "one\ntwo\n", 139).log).toEqual(["exit code 139", "one", "two"]);
  expect(verdictOf("cow", "", 137).log[0]).toMatch(/deadline/);
});

test("TAP without its header is TAP, and other words are no cases", () => {
  const { cases } = verdictOf("mremap_test", TAP.replace("TAP version 13\n", ""), 1);
  expect(cases).toHaveLength(3);
  expect(verdictOf("hugepage-vmemmap", "Returned address is 0x7f0000000000\n", 0).cases).toEqual([]);
});

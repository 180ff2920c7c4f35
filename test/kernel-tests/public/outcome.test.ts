import { describe, expect, test } from "vitest";
import { compareOutcomes, type Outcome, outcomeOf } from "../../../harness/kernel-tests/public/outcome.ts";
import type { TestStatus } from "../../../harness/ktap/result.ts";

/** `cow passed a=passed b=skipped` */
function outcome(line: string): Outcome {
  const [name = "", status = "", ...cases] = line.split(" ");
  return {
    name,
    status: status as TestStatus,
    cases: cases.map((one) => {
      const [name = "", status = ""] = one.split("=");
      return { group: [], name, status: status as TestStatus, log: [] };
    }),
    log: [`log of ${name}`],
  };
}
const compared = (base: string[], series: string[]) => compareOutcomes(base.map(outcome), series.map(outcome));
const shown = (base: string[], series: string[]) =>
  compared(base, series).map(({ status, name, found }) => `${status} ${name}: ${found}`);

describe("a test on both kernels", () => {
  test("passes when it does the same, with what it did beside its name", () => {
    expect(
      shown(["cow passed a=passed b=skipped", "mkdirty passed"], ["cow passed a=passed b=skipped", "mkdirty passed"]),
    ).toEqual(["passed cow: 1 passed, 1 skipped on both", "passed mkdirty: passed on both"]);
  });

  test("that passes on base and fails on the series is a failure, with both logs", () => {
    const [result] = compared(["mkdirty passed"], ["mkdirty failed"]);
    expect(result).toMatchObject({ status: "failed", name: "mkdirty", found: "passed on base, failed on the series" });
    expect(result?.log).toEqual([
      "the whole: passed on base, failed on the series",
      "base:",
      "log of mkdirty",
      "series:",
      "log of mkdirty",
    ]);
  });

  test.each([
    ["a case fails", "cow passed a=passed b=failed"],
    ["a case is skipped", "cow passed a=passed b=skipped"],
    ["a case is not there", "cow passed a=passed"],
    ["the program ends badly after good cases", "cow failed a=passed b=passed"],
    ["the whole is skipped", "cow skipped"],
    ["a case fails that base does not have", "cow passed a=passed b=passed c=failed"],
  ])("fails when only on the series %s", (_, series) => {
    expect(compared(["cow passed a=passed b=passed"], [series])).toMatchObject([{ status: "failed" }]);
  });

  test("that did not run on the series at all is a failure", () => {
    expect(compared(["cow passed"], [])).toMatchObject([{ status: "failed" }]);
  });

  test("with two cases of one name is compared case by case", () => {
    const [result] = compared(["cow passed a=passed a=passed"], ["cow passed a=passed a=failed"]);
    expect(result?.log[0]).toBe("a (2): passed on base, failed on the series");
  });

  test("that fails in part on both passes and says so", () => {
    const cow = "cow failed a=passed b=failed";
    expect(shown([cow], [cow])).toEqual(["passed cow: 1 passed, 1 failed on both (fails on both: the whole, b)"]);
  });

  test.each(["skipped", "failed"])("that is %s on both has shown nothing: skipped, with the reason", (status) => {
    const [result] = compared([`migration ${status}`], [`migration ${status}`]);
    expect(result).toMatchObject({ status: "skipped" });
    expect(result?.log).toEqual([`${status} on base, ${status} on the series`, "log of migration"]);
  });

  test("that ends well on both after skipping every case has shown nothing either", () => {
    expect(shown(["migration passed a=skipped"], ["migration passed a=skipped"])).toEqual([
      "skipped migration: 0 passed, 1 skipped on both",
    ]);
  });

  test("that does better on the series passes and says so", () => {
    expect(shown(["cow failed a=failed"], ["cow passed a=passed b=passed"])).toEqual([
      "passed cow: 0 passed, 1 failed on base, 2 passed on the series (better on the series: the whole, a, b)",
    ]);
  });
});

const TAP = "TAP version 13\n1..3\nok 1 private\nnot ok 2 shared\nok 3 hugetlb # SKIP no huge pages\n";

test.each([
  [0, "passed"],
  [1, "failed"],
  [2, "passed"],
  [4, "skipped"],
  [127, "failed"],
  [137, "failed"],
])("exit code %i means %s, whatever the output says", (exitCode, status) => {
  expect(outcomeOf("cow", TAP, exitCode).status).toBe(status);
  expect(outcomeOf("cow", "", exitCode)).toMatchObject({ status, cases: [] });
});

test("the cases are those of the TAP output", () => {
  const { cases } = outcomeOf("cow", `mlocking\n${TAP}`, 1);
  expect(cases.map(({ name, status }) => `${status} ${name}`)).toEqual([
    "passed private",
    "failed shared",
    "skipped hugetlb",
  ]);
});

test("the log tells how it ended and what it said last", () => {
  expect(outcomeOf("cow", "one\ntwo\n", 139).log).toEqual(["exit code 139", "one", "two"]);
  expect(outcomeOf("cow", "", 137).log[0]).toMatch(/deadline/);
});

test("TAP without its header is TAP, and other words are no cases", () => {
  const { cases } = outcomeOf("mremap_test", TAP.replace("TAP version 13\n", ""), 1);
  expect(cases).toHaveLength(3);
  expect(outcomeOf("hugepage-vmemmap", "Returned address is 0x7f0000000000\n", 0).cases).toEqual([]);
});

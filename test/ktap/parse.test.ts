import { describe, expect, test } from "vitest";
import { parseKtap } from "../../harness/ktap/parse.ts";
import { casesOf, countCases, summaryLine } from "../../harness/ktap/result.ts";

/** As KUnit prints it on a kernel's console: boot messages before, others in between, a suite around its cases. */
const KUNIT = `random: crng init done
KTAP version 1
1..1
    KTAP version 1
    # Subtest: page_prezero
    # module: page_prezero
    1..3
    ok 1 options_are_checked
Free page reporting enabled
    # pool_serves: EXPECTATION FAILED at mm/page_prezero_test.c:149
    Expected hit >= 460, but
        hit == 47 (0x2f)
    not ok 2 pool_serves
    # batch.speed: slow
    ok 3 batch # SKIP no memory
# page_prezero: pass:1 fail:1 skip:1 total:3
not ok 1 page_prezero
reboot: System halted
`;

const summary = (text: string) => summaryLine(countCases(casesOf(parseKtap(text).results)));

describe("kernel test results", () => {
  test("are read out of a console, with the group of each case and what it said when it failed", () => {
    const { results, problems } = parseKtap(KUNIT);
    expect(problems).toEqual([]);
    expect(results).toMatchObject([{ name: "page_prezero", status: "failed" }]);
    expect(casesOf(results)).toMatchObject([
      { group: ["page_prezero"], name: "options_are_checked", status: "passed" },
      { group: ["page_prezero"], name: "pool_serves", status: "failed" },
      { group: ["page_prezero"], name: "batch", status: "skipped" },
    ]);
    expect(casesOf(results)[1]?.log).toContain("hit == 47 (0x2f)");
    expect(summary(KUNIT)).toBe("1 passed, 1 failed, 1 skipped");
  });

  test("of a kselftest are the same without a group, and a name may follow a dash", () => {
    const { results, problems } = parseKtap("TAP version 13\n1..2\nok 1 - delay 10 ms\n# bytes\nok 2 64K: 0 of 5\n");
    expect(problems).toEqual([]);
    expect(results.map(({ name }) => name)).toEqual(["delay 10 ms", "64K: 0 of 5"]);
    expect(results[1]?.log).toEqual(["# bytes"]);
  });

  test("may be nested by two spaces, and deeper", () => {
    const text =
      "KTAP version 1\n1..1\n  KTAP version 1\n  1..1\n    KTAP version 1\n    1..1\n    ok 1 c\n  ok 1 b\nok 1 a\n";
    expect(casesOf(parseKtap(text).results)).toMatchObject([{ group: ["a", "b"], name: "c" }]);
  });

  test("may have the kernel's time before each line", () => {
    const stamped = KUNIT.replaceAll(/^/gm, "[   12.345678][   T81] ");
    expect(summary(stamped)).toBe("1 passed, 1 failed, 1 skipped");
  });

  test("that end in the middle keep what there is, and say what is missing", () => {
    const cut = KUNIT.slice(0, KUNIT.indexOf("    # batch"));
    const { results, problems } = parseKtap(`${cut}Kernel panic - not syncing: Fatal exception\n`);
    expect(problems).toEqual(["page_prezero: 2 of 3 tests reported"]);
    expect(results).toMatchObject([{ name: "page_prezero", status: "missing" }]);
    expect(results[0]?.log).toContain("Kernel panic - not syncing: Fatal exception");
    expect(casesOf(results).map(({ status }) => status)).toEqual(["passed", "failed"]);
  });

  test("of a group that died before its first case are one failure", () => {
    const cut = KUNIT.slice(0, KUNIT.indexOf("    ok 1"));
    expect(casesOf(parseKtap(cut).results)).toMatchObject([{ name: "page_prezero", status: "missing" }]);
    expect(summary(cut)).toBe("0 passed, 1 failed");
  });

  test("of a group that died are not those of the next one", () => {
    const text =
      "KTAP version 1\n1..2\n    KTAP version 1\n    # Subtest: one\n    1..2\n    ok 1 a\nKTAP version 1\n    KTAP version 1\n    # Subtest: two\n    1..1\n    ok 1 b\nok 2 two\n";
    expect(parseKtap(text)).toMatchObject({
      results: [
        { name: "one", status: "missing", subtests: [{ name: "a" }] },
        { name: "two", status: "passed", subtests: [{ name: "b" }] },
      ],
      problems: ["one: 1 of 2 tests reported"],
    });
  });

  test("of a group that failed by itself count its failure", () => {
    const text = "KTAP version 1\n1..1\n    KTAP version 1\n    1..1\n    ok 1 a\nnot ok 1 suite\n";
    expect(summary(text)).toBe("1 passed, 1 failed");
  });

  test("of a case's parameters are not announced, and are cases all the same", () => {
    const parameters =
      "        KTAP version 1\n        # Subtest: pow\n        ok 1 zero\n        ok 2 one\n    ok 1 pow\n";
    const suite = `    KTAP version 1\n    # Subtest: math\n    1..1\n${parameters}`;
    const text = `KTAP version 1\n1..1\n${suite}ok 1 math\n`;
    expect(parseKtap(text).problems).toEqual([]);
    expect(summary(text)).toBe("2 passed, 0 failed");
    expect(parseKtap(text.replace("    1..1\n", "")).problems).toEqual([
      "math: the tests did not say how many they are",
    ]);
    const broken = `KTAP version 1\n1..1\n${suite.replace("    ok 1 pow\n", "")}`;
    expect(casesOf(parseKtap(broken).results).some(({ status }) => status === "missing")).toBe(true);
  });

  test.each([
    ["KTAP version 1\nok 1 a\n", "the tests did not say how many they are"],
    ["KTAP version 1\n1..2\nok 1 a\n", "1 of 2 tests reported"],
    ["KTAP version 1\n1..2\nok 1 a\nok 3 c\n", "c is number 3 where 2 was next"],
    ["KTAP version 1\n1..1\nBail out! no memory\nok 1 a\n", "the tests gave up: no memory"],
    ["just a console\n", "there is no KTAP output"],
    ["", "there is no KTAP output"],
  ])("are not trusted when the plan is not kept: %j", (text, problem) => {
    expect(parseKtap(text).problems).toContain(problem);
  });

  test("know what is not a failure and what is", () => {
    const text =
      "KTAP version 1\n1..4\nnot ok 1 a # TODO later\nok 2 b # XFAIL\nnot ok 3 c # TIMEOUT 45 seconds\nnot ok 4 # SKIP none\n";
    expect(parseKtap(text).results.map(({ status }) => status)).toEqual(["passed", "passed", "failed", "skipped"]);
  });

  test("of a program that cannot run here are one skipped test", () => {
    expect(summary("TAP version 13\n1..0 # SKIP not root\n")).toBe("0 passed, 0 failed, 1 skipped");
  });
});

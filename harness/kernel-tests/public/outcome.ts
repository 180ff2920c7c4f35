import { parseKtap } from "../../ktap/parse.ts";
import {
  casesOf,
  countCases,
  distinct,
  isGood,
  type TestCase,
  type TestResult,
  type TestStatus,
} from "../../ktap/result.ts";

/** What one program or one suite said on one kernel. */
export type Outcome = { name: string; status: TestStatus; cases: TestCase[]; log: string[] };

/** Exit codes of kselftest.h; XFAIL and XPASS stand for an expected result. */
const KSFT_PASS = 0;
const KSFT_XFAIL = 2;
const KSFT_XPASS = 3;
const KSFT_SKIP = 4;
/** What a shell reports for a program that SIGKILL ended, which is how the deadline ends one. */
const KILLED = 137;
/** mremap_test prints everything of TAP but this. */
const HEADER = /^K?TAP version \d+$/m;
const LOG_LINES = 12;

/**
 * The outcome of a kselftest: the exit code decides, and the cases are those of its TAP output, if it prints any. Half
 * the programs do not keep their own plan, so a plan that does not fit is left to the comparison of both kernels.
 */
export function outcomeOf(name: string, output: string, exitCode: number): Outcome {
  const tap = HEADER.test(output) ? output : `TAP version 13\n${output}`;
  const cases = casesOf(parseKtap(tap).results);
  const tail = output.trimEnd().split("\n").slice(-LOG_LINES);
  const end = exitCode === KILLED ? "killed, as a rule by its deadline" : `exit code ${exitCode}`;
  return { name, status: statusOf(exitCode), cases, log: [end, ...tail] };
}

function statusOf(exitCode: number): TestStatus {
  if (exitCode === KSFT_SKIP) return "skipped";
  return [KSFT_PASS, KSFT_XFAIL, KSFT_XPASS].includes(exitCode) ? "passed" : "failed";
}

/** A test that passes says most, one that does not fail says more than one that does. */
const RANK: Record<TestStatus, number> = { passed: 2, skipped: 1, failed: 0, missing: 0 };
/** Names of cases that a line carries. */
const NAMED_CASES = 3;

type Pair = { name: string; base: TestStatus; series: TestStatus };

/**
 * Requires of the series whatever the base does: one result for each test. A test or a case of it that does worse on the
 * series is a failure; one that fails or skips on both says so, and a test of which nothing passes on either kernel has
 * shown nothing and counts as skipped.
 */
export function compareOutcomes(base: Outcome[], series: Outcome[]): TestResult[] {
  const missing = (name: string): Outcome => ({ name, status: "missing", cases: [], log: ["it did not run"] });
  const find = (all: Outcome[], name: string) => all.find((one) => one.name === name) ?? missing(name);
  const names = [...new Set([...base, ...series].map(({ name }) => name))];
  return names.map((name) => compareOne(find(base, name), find(series, name)));
}

function compareOne(base: Outcome, series: Outcome): TestResult {
  const pairs = pairsOf(base, series);
  const worse = pairs.filter((pair) => RANK[pair.series] < RANK[pair.base]);
  const better = pairs.filter((pair) => RANK[pair.series] > RANK[pair.base]);
  const bad = pairs.filter((pair) => !isGood(pair.base) && !isGood(pair.series));
  const found = describe(base, series) + noted(better, bad);
  const result = (status: TestStatus, log: string[]) => ({ name: base.name, status, found, log, subtests: [] });
  if (worse.length > 0) {
    const lines = worse.map((pair) => `${pair.name}: ${pair.base} on base, ${pair.series} on the series`);
    return result("failed", [...lines, "base:", ...base.log, "series:", ...series.log]);
  }
  // A program that skips all of its cases may still end well.
  const [whole, ...cases] = pairs;
  const shown = (cases.length > 0 ? cases : [whole]).some((pair) => pair?.series === "passed");
  return shown
    ? result("passed", [])
    : result("skipped", [`${base.status} on base, ${series.status} on the series`, ...series.log]);
}

/** The test as a whole and each of its cases; cases of the same name are told apart by their order. */
function pairsOf(base: Outcome, series: Outcome): Pair[] {
  const ofBase = byKey(base.cases);
  const ofSeries = byKey(series.cases);
  const keys = new Set([...ofBase.keys(), ...ofSeries.keys()]);
  const cases = [...keys].map((name): Pair => {
    const onSeries = ofSeries.get(name) ?? "missing";
    // A case that base did not come to is no worse on the series unless it fails there.
    const onBase = ofBase.get(name) ?? (isGood(onSeries) || !isGood(base.status) ? "missing" : "passed");
    return { name, base: onBase, series: onSeries };
  });
  return [{ name: "the whole", base: base.status, series: series.status }, ...cases];
}

function byKey(cases: TestCase[]): Map<string, TestStatus> {
  const names = distinct(cases.map(({ group, name }) => [...group, name].join(": ")));
  return new Map(cases.map(({ status }, index) => [names[index] ?? "", status]));
}

function describe(base: Outcome, series: Outcome): string {
  const [onBase, onSeries] = [counts(base), counts(series)];
  return onBase === onSeries ? `${onBase} on both` : `${onBase} on base, ${onSeries} on the series`;
}

function counts({ status, cases }: Outcome): string {
  if (cases.length === 0) return status;
  const { passed, failed, skipped } = countCases(cases);
  const parts = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return parts.join(", ");
}

/** What a good result is worth saying about. */
function noted(better: Pair[], bad: Pair[]): string {
  const list = (pairs: Pair[]) => {
    const names = pairs.slice(0, NAMED_CASES).map(({ name }) => name);
    return [...names, ...(pairs.length > NAMED_CASES ? [`${pairs.length - NAMED_CASES} more`] : [])].join(", ");
  };
  const parts = [
    ...(bad.length > 0 ? [`fails on both: ${list(bad)}`] : []),
    ...(better.length > 0 ? [`better on the series: ${list(better)}`] : []),
  ];
  return parts.length === 0 ? "" : ` (${parts.join("; ")})`;
}

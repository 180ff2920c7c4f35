/** Lines of its log that a failure shows: the last ones. */
const LOG_LINES = 40;
const MARKS = { passed: "ok     ", failed: "FAILED ", missing: "MISSING", skipped: "skipped" } as const;

/** `missing`: announced or begun, but never reported, because what ran it came to its end before. */
export type TestStatus = "passed" | "failed" | "skipped" | "missing";

/** A test, or a group of tests with its own verdict. */
export type TestResult = {
  name: string;
  status: TestStatus;
  /** Figures, for a person. Never in the name: CI knows a test by that from run to run. */
  found?: string | undefined;
  /** Everything that was printed since the result before: what a test says about its failure, kernel messages. */
  log: string[];
  subtests: TestResult[];
};

/** A test without subtests, with the names of its groups. */
export type TestCase = Pick<TestResult, "status" | "found" | "log"> & { group: string[]; name: string };

/** What tests said, as a whole. */
export type TestReport = {
  results: TestResult[];
  /** Why the results are not all there: a plan that was not kept, output that ends in the middle. */
  problems: string[];
};

type Counts = { passed: number; failed: number; skipped: number };

/** The single cases, in order. A group that failed although none of its cases did is a case itself. */
export function casesOf(results: TestResult[], group: string[] = []): TestCase[] {
  return results.flatMap(({ name, status, found, log, subtests }): TestCase[] => {
    const cases = casesOf(subtests, [...group, name]);
    const explained = subtests.length > 0 && (isGood(status) || cases.some((one) => !isGood(one.status)));
    return explained ? cases : [...cases, { group, name, status, ...(found === undefined ? {} : { found }), log }];
  });
}

export function countCases(cases: TestCase[]): Counts {
  const skipped = cases.filter(({ status }) => status === "skipped").length;
  const failed = cases.filter(({ status }) => !isGood(status)).length;
  return { passed: cases.length - failed - skipped, failed, skipped };
}

export function isGood(status: TestStatus): boolean {
  return status === "passed" || status === "skipped";
}

/** `15 passed, 0 failed`, and how many were skipped if any was. */
export function summaryLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** A case from a condition; the log explains it when it does not hold. */
export function check(name: string, holds: boolean, log = ""): TestResult {
  return { name, status: holds ? "passed" : "failed", log: holds || log === "" ? [] : log.split("\n"), subtests: [] };
}

/** A case from a figure: what was found stands beside its name. */
export function measured(name: string, found: string, holds: boolean, log = ""): TestResult {
  return { ...check(name, holds, log), found };
}

/** A case that says nothing here. */
export function skipped(name: string, why: string): TestResult {
  return { name, status: "skipped", log: [why], subtests: [] };
}

/** Names that tell all apart: one that was there before gets its number, `zeroed (2)`. */
export function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/** One line per case, `ok      suite: case: figures`; a case that is not good shows what it said. */
export function showCase({ group, name, status, found, log }: TestCase): string {
  const title = `${MARKS[status]} ${[...group, name, ...(found === undefined ? [] : [found])].join(": ")}`;
  if (status === "passed") return title;
  return [title, ...log.slice(-LOG_LINES).map((line) => `          ${line}`)].join("\n");
}

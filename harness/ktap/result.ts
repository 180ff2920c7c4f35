/** `missing`: announced or begun, but never reported, because what ran it came to its end before. */
export type TestStatus = "passed" | "failed" | "skipped" | "missing";

/** A test, or a group of tests with its own verdict. */
export type TestResult = {
  name: string;
  status: TestStatus;
  /** Everything that was printed since the result before: what a test says about its failure, kernel messages. */
  log: string[];
  subtests: TestResult[];
};

/** A test without subtests, with the names of its groups. */
export type TestCase = Pick<TestResult, "status" | "log"> & { group: string[]; name: string };

/** What tests said, as a whole. */
export type TestReport = {
  results: TestResult[];
  /** Why the results are not all there: a plan that was not kept, output that ends in the middle. */
  problems: string[];
};

export type Counts = { passed: number; failed: number; skipped: number };

/** The single cases, in order. A group that failed although none of its cases did is a case itself. */
export function casesOf(results: TestResult[], group: string[] = []): TestCase[] {
  return results.flatMap(({ name, status, log, subtests }): TestCase[] => {
    const cases = casesOf(subtests, [...group, name]);
    const explained = subtests.length > 0 && (isGood(status) || cases.some((one) => !isGood(one.status)));
    return explained ? cases : [...cases, { group, name, status, log }];
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

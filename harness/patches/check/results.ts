import type { TestResult } from "../../ktap/result.ts";
import { type CheckResult, type Finding, place, type SeriesReport } from "./finding.ts";

/**
 * The report as test results, for KTAP and JUnit: one group per patch and one for the extreme configurations. A case
 * carries what is new (+) and what is gone (-).
 */
export function seriesResults(report: SeriesReport): TestResult[] {
  const groups = [
    ...report.patches.map(({ patch, checks }) => ({
      name: patch,
      cases: checks.map((check) => result(check.check, check)),
    })),
    { name: "configurations", cases: report.configurations.map((one) => result(one.configuration, one)) },
  ];
  return groups
    .filter(({ cases }) => cases.length > 0)
    .map(({ name, cases }) => ({
      name,
      status: cases.some(({ status }) => status === "failed") ? "failed" : "passed",
      log: [],
      subtests: cases,
    }));
}

type Checked = Pick<CheckResult, "added" | "skipped"> & { fixed?: Finding[] };

function result(name: string, { added, fixed = [], skipped }: Checked): TestResult {
  if (skipped !== undefined && added.length === 0) return { name, status: "skipped", log: [skipped], subtests: [] };
  const log = [...added.map((finding) => `+ ${place(finding)}`), ...fixed.map((finding) => `- ${place(finding)}`)];
  return { name, status: added.length === 0 ? "passed" : "failed", log, subtests: [] };
}

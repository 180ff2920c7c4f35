import Table from "cli-table3";
import type { TestResult } from "../../ktap/result.ts";
import { CHECKS, type CheckResult, type Finding, place, type SeriesReport } from "./finding.ts";

/** The report for a person: a row per patch, a column per check, and below what is new (+) and gone (-). */
export function showReport(report: SeriesReport): string {
  const table = new Table({ head: ["patch", ...CHECKS], style: { head: [], border: [] } });
  const details: string[] = [];
  for (const { patch, checks } of report.patches) {
    const byName = new Map(checks.map((check) => [check.check, check]));
    table.push([patch, ...CHECKS.map((name) => mark(byName.get(name)))]);
    for (const check of checks) {
      details.push(...check.added.map((finding) => `+ ${patch}: ${check.check}: ${place(finding)}`));
      details.push(...check.fixed.map((finding) => `- ${patch}: ${check.check}: ${place(finding)}`));
    }
  }
  const configurations = new Table({ head: ["configuration", "series"], style: { head: [], border: [] } });
  for (const one of report.configurations) {
    configurations.push([one.configuration, mark(one)]);
    details.push(...one.added.map((finding) => `+ ${one.configuration}: ${place(finding)}`));
  }
  const verdict = report.ok ? "every check passes" : "not clean";
  const count = `${report.patches.length} patch${report.patches.length === 1 ? "" : "es"}`;
  const title = `${count} on ${report.packageName} ${report.version}: ${verdict}`;
  return [table.toString(), configurations.toString(), ...details, title].join("\n");
}

function mark(check: Checked | undefined): string {
  if (check === undefined || check.skipped !== undefined) return "-";
  const gone = check.fixed?.length ?? 0;
  const fixed = gone > 0 ? ` (-${gone})` : "";
  return check.added.length === 0 ? `ok${fixed}` : `+${check.added.length}${fixed}`;
}

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

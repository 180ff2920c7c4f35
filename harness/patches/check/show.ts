import Table from "cli-table3";
import { CHECKS, type CheckResult, type Finding, type SeriesReport } from "./finding.ts";

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
  const verdict = report.ok ? "every check passes" : "not clean";
  const count = `${report.patches.length} patch${report.patches.length === 1 ? "" : "es"}`;
  const title = `${count} on ${report.packageName} ${report.version}: ${verdict}`;
  return [table.toString(), ...details, title].join("\n");
}

/** The report as kernel test results (KTAP 1), one subtest per patch. */
export function ktapReport(report: SeriesReport): string {
  const lines = ["KTAP version 1", `1..${report.patches.length}`];
  for (const [index, { patch, checks }] of report.patches.entries()) {
    lines.push("    KTAP version 1", `    1..${checks.length}`);
    for (const [number, check] of checks.entries()) {
      for (const finding of check.added) lines.push(`    # ${place(finding)}`);
      const skipped = check.skipped === undefined ? "" : ` # SKIP ${check.skipped}`;
      lines.push(`    ${check.added.length === 0 ? "ok" : "not ok"} ${number + 1} ${check.check}${skipped}`);
    }
    lines.push(`${checks.every((check) => check.added.length === 0) ? "ok" : "not ok"} ${index + 1} ${patch}`);
  }
  return `${lines.join("\n")}\n`;
}

function mark(check: CheckResult | undefined): string {
  if (check === undefined || check.skipped !== undefined) return "-";
  const fixed = check.fixed.length > 0 ? ` (-${check.fixed.length})` : "";
  return check.added.length === 0 ? `ok${fixed}` : `+${check.added.length}${fixed}`;
}

function place(finding: Finding): string {
  return `${finding.file}${finding.line === undefined ? "" : `:${finding.line}`}: ${finding.text}`;
}

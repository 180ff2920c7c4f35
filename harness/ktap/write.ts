import { isGood, type TestResult } from "./result.ts";

const INDENT = "    ";

/** Results as KTAP version 1 (Documentation/dev-tools/ktap.rst), what was logged as diagnostic lines before each result. */
export function renderKtap(results: TestResult[]): string {
  return `${lines(results).join("\n")}\n`;
}

function lines(results: TestResult[]): string[] {
  const body = results.flatMap(({ name, status, found, log, subtests }, index) => {
    const skipped = status === "skipped" ? ` # SKIP ${log.join(" ")}`.trimEnd() : "";
    return [
      ...(subtests.length > 0 ? [`# Subtest: ${name}`, ...lines(subtests)].map((line) => `${INDENT}${line}`) : []),
      ...(found === undefined ? [] : [`# ${found}`]),
      ...(status === "skipped" ? [] : log.map((line) => `# ${line.replace(/^# /, "")}`)),
      `${isGood(status) ? "ok" : "not ok"} ${index + 1} ${name.replaceAll("#", "")}${skipped}`,
    ];
  });
  return ["KTAP version 1", `1..${results.length}`, ...body];
}

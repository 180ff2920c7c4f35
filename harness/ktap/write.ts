import { basename, dirname, resolve } from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { diskFault } from "../base/disk-fault.ts";
import { renderJunit } from "./junit.ts";
import { casesOf, isGood, type TestResult } from "./result.ts";

const INDENT = "    ";

/**
 * Writes results to the files that `--ktap` and `--junit` name, if they name any.
 * @throws what {@link diskFault} makes of a place that cannot be written
 */
export function writeResults(files: { ktap?: string | undefined; junit?: string | undefined }, results: TestResult[]) {
  if (files.ktap !== undefined) write(resolve(files.ktap), renderKtap(results));
  if (files.junit !== undefined) write(resolve(files.junit), renderJunit(casesOf(results)));
}

function write(path: string, text: string): void {
  try {
    writeFileAtomic(path, text);
  } catch (error) {
    throw diskFault(error, { path: dirname(path), holds: `the test results ${basename(path)}` }) ?? error;
  }
}

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

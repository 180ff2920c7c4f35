import { basename, dirname, resolve } from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { diskFault } from "../base/disk-fault.ts";
import { doAll } from "../base/errors.ts";
import { escapeMarkup } from "../base/quote.ts";
import { casesOf, isGood, type TestCase, type TestResult } from "./result.ts";

const INDENT = "    ";

/**
 * Writes results to the files that `--ktap` and `--junit` name, if they name any.
 * @throws what {@link diskFault} makes of a place that cannot be written
 */
export function writeResults(files: { ktap?: string | undefined; junit?: string | undefined }, results: TestResult[]) {
  const { ktap, junit } = files;
  doAll(
    () => ktap !== undefined && write(resolve(ktap), renderKtap(results)),
    () => junit !== undefined && write(resolve(junit), renderJunit(casesOf(results))),
  );
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

/** Results as JUnit XML, which CI systems show; each outermost group is a suite. */
export function renderJunit(cases: TestCase[]): string {
  const suites = [...new Set(cases.map(suiteOf))];
  const body = suites.flatMap((suite) => {
    const own = cases.filter((one) => suiteOf(one) === suite);
    const failures = own.filter(({ status }) => status === "failed" || status === "missing").length;
    const skipped = own.filter(({ status }) => status === "skipped").length;
    return [
      `  <testsuite name="${xmlText(suite)}" tests="${own.length}" failures="${failures}" skipped="${skipped}">`,
      ...own.map(testcase),
      "  </testsuite>",
    ];
  });
  return `${['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", ...body, "</testsuites>"].join("\n")}\n`;
}

function suiteOf({ group, name }: TestCase): string {
  return group[0] ?? name;
}

function testcase({ group, name, status, found, log }: TestCase): string {
  const open = `    <testcase classname="${xmlText(group.join("."))}" name="${xmlText(name)}"`;
  const text = xmlText(log.join("\n"));
  const figures = found === undefined ? "" : `<system-out>${xmlText(found)}</system-out>`;
  if (status === "passed") return figures === "" ? `${open}/>` : `${open}>${figures}</testcase>`;
  if (status === "skipped") return `${open}><skipped message="${text}"/>${figures}</testcase>`;
  return `${open}><failure message="${status}">${text}</failure>${figures}</testcase>`;
}

/** XML knows no control characters but tab and line ends, and a console may have any. */
function xmlText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go
  return escapeMarkup(text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, ""));
}

import { escapeMarkup } from "../base/markup.ts";
import type { TestCase } from "./result.ts";

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

import type { TestCase } from "./result.ts";

/** Lines of its log that a failure shows: the last ones. */
const LOG_LINES = 40;
const MARKS = { passed: "ok     ", failed: "FAILED ", missing: "MISSING", skipped: "skipped" } as const;

/** One line per case, `ok      suite: case: figures`; a case that is not good shows what it said. */
export function showCase({ group, name, status, found, log }: TestCase): string {
  const title = `${MARKS[status]} ${[...group, name, ...(found === undefined ? [] : [found])].join(": ")}`;
  if (status === "passed") return title;
  return [title, ...log.slice(-LOG_LINES).map((line) => `          ${line}`)].join("\n");
}

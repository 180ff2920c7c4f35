import { z } from "zod";
import type { ExecAnswer } from "../../base/exec.ts";
import { check, measured, type TestResult } from "../../ktap/result.ts";

/** What the programs that look at memory print: pages of 4 KiB looked at, not zero, not as written. */
const looked = z.object({ pages: z.int(), dirty: z.int(), lost: z.int() });
type Looked = z.infer<typeof looked>;

/** Value of a counter of /proc/vmstat; NaN when it is not there. */
export function counter(vmstat: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)\\r?$`, "m").exec(vmstat)?.[1]);
}

/** A number that a command printed alone on a line, its last one; NaN when there is none. */
export function number(stdout: string): number {
  const last = stdout.trim().split("\n").at(-1) ?? "";
  return /^-?\d+$/.test(last) ? Number(last) : Number.NaN;
}

/** All objects of that shape among the lines, whatever stands between. */
export function objectsIn<T>(text: string, schema: z.ZodType<T>): T[] {
  return text.split("\n").flatMap((line) => {
    try {
      const parsed = schema.safeParse(JSON.parse(line));
      return parsed.success ? [parsed.data] : [];
    } catch {
      return [];
    }
  });
}

/** The sum of what all programs in the text saw. */
export function lookedIn(text: string): Looked {
  const none = { pages: 0, dirty: 0, lost: 0 };
  return objectsIn(text, looked).reduce(
    (sum, one) => ({ pages: sum.pages + one.pages, dirty: sum.dirty + one.dirty, lost: sum.lost + one.lost }),
    none,
  );
}

/**
 * A case from what programs that look at memory said: all of them ended well, something was looked at, everything new
 * was zero, and everything written was kept.
 */
export function checked(what: string, { stdout, stderr, exitCode }: ExecAnswer): TestResult {
  const { pages, dirty, lost } = lookedIn(stdout);
  return measured(
    what,
    `${dirty} of ${pages} pages are not zero, ${lost} changed`,
    exitCode === 0 && pages > 0 && dirty === 0 && lost === 0,
    `exit code ${exitCode}\n${stdout}${stderr}`.trim(),
  );
}

/** A case from a command that has to end well. */
export function ended(what: string, { stdout, stderr, exitCode }: ExecAnswer): TestResult {
  return check(what, exitCode === 0, `exit code ${exitCode}\n${stdout}${stderr}`.trim());
}

import type { TestReport, TestResult, TestStatus } from "./result.ts";

/** A console may put the kernel's level and time, and the thread, before each line. */
const STAMP = /^(?:<\d+>)?(?:\[ *\d+\.\d+\](?:\[ *[TC]\d+\])? )?/;
const HEADER = /^K?TAP version \d+$/;
const PLAN = /^1\.\.(\d+)(?: *# *SKIP\b *(.*))?$/i;
const SUBTEST = /^# Subtest: (.+)$/;
const RESULT = /^(not ok|ok)(?: +(\d+))?(?: +-)?(?: +(.*))?$/;
const DIRECTIVE = /(?:^|\s)# *(SKIP|TODO|XFAIL|TIMEOUT|ERROR)\b:? *(.*)$/i;
const BAIL_OUT = /^Bail out!\s*(.*)$/;

/** Levels around a suite: the root, and the list of suites. */
const SUITE_DEPTH = 2;

/** Tests of one indentation that have no common result yet. */
type Level = { indent: number; name?: string; plan?: number; results: TestResult[]; log: string[] };

/**
 * Reads kernel test results (Documentation/dev-tools/ktap.rst) out of the output of KUnit or a kselftest, with whatever
 * else the kernel prints in between. Output that ends early keeps what was reported until then.
 * @param text all of the output; what comes before the first KTAP line is passed over
 */
export function parseKtap(text: string): TestReport {
  const parser = new Parser();
  for (const line of text.split("\n")) parser.take(line.replace(STAMP, "").trimEnd());
  return parser.end();
}

class Parser {
  /** Outermost first; what the tests say begins inside a root that has no lines of its own. */
  readonly #levels: Level[] = [newLevel(-1)];
  readonly #problems: string[] = [];

  take(line: string): void {
    const body = line.trimStart();
    const indent = line.length - body.length;
    if (HEADER.test(body)) {
      this.#open(indent);
      return;
    }
    if (this.#levels.length === 1 || body === "") return;
    const plan = PLAN.exec(body);
    const subtest = SUBTEST.exec(body);
    const result = RESULT.exec(body);
    const bail = BAIL_OUT.exec(body);
    if (plan) this.#plan(this.#open(indent), Number(plan[1]), plan[2]);
    else if (subtest) this.#open(indent).name = subtest[1] ?? "";
    else if (result) this.#result(indent, result);
    else if (bail) this.#problems.push(`the tests gave up: ${bail[1]}`);
    else this.#top.log.push(body);
  }

  end(): TestReport {
    const all = this.#close(-1);
    if (all === undefined) return { results: [], problems: ["there is no KTAP output"] };
    return { results: all.results, problems: this.#problems };
  }

  get #top(): Level {
    return this.#levels.at(-1) as Level;
  }

  /** The level of that indentation, after deeper ones that never got their result. */
  #open(indent: number): Level {
    const unfinished = this.#close(indent);
    if (this.#top.indent < indent) this.#levels.push(newLevel(indent));
    if (unfinished) this.#top.results.push(broken(unfinished));
    return this.#top;
  }

  /** Takes the levels deeper than that away and gives the outermost of them, with the others in it. */
  #close(indent: number): Level | undefined {
    let inner: Level | undefined;
    while (this.#top.indent > indent) {
      const level = this.#levels.pop() as Level;
      if (inner) level.results.push(broken(inner));
      inner = this.#finish(level);
    }
    return inner;
  }

  #plan(level: Level, count: number, skipped: string | undefined): void {
    level.plan = count;
    if (skipped === undefined) return;
    level.plan = 1;
    level.results.push({ name: "all", status: "skipped", log: [skipped], subtests: [] });
  }

  #result(indent: number, [, verdict = "", number, rest = ""]: RegExpExecArray): void {
    const group = this.#close(indent);
    const level = this.#open(indent);
    const directive = DIRECTIVE.exec(rest);
    const name = rest.slice(0, directive?.index ?? rest.length).trim() || group?.name || `test ${number ?? ""}`.trim();
    const expected = level.results.length + 1;
    if (number !== undefined && Number(number) !== expected) {
      this.#problems.push(`${name} is number ${number} where ${expected} was next`);
    }
    const log = [...(group?.log ?? []), ...level.log.splice(0)];
    const note = directive?.[2];
    const status = statusOf(verdict, directive?.[1]);
    level.results.push({ name, status, log: note ? [...log, note] : log, subtests: group?.results ?? [] });
  }

  #finish(level: Level): Level {
    const of = level.name === undefined ? "" : `${level.name}: `;
    if (level.plan === undefined) {
      // KUnit does not announce the parameters of a case; the case's own result follows them.
      if (this.#levels.length <= SUITE_DEPTH) this.#problems.push(`${of}the tests did not say how many they are`);
    } else if (level.plan !== level.results.length) {
      this.#problems.push(`${of}${level.results.length} of ${level.plan} tests reported`);
    }
    return level;
  }
}

function newLevel(indent: number): Level {
  return { indent, results: [], log: [] };
}

/** A group whose own result never came. */
function broken(level: Level): TestResult {
  return { name: level.name ?? "tests", status: "missing", log: level.log, subtests: level.results };
}

/** A failure that is expected (TODO, XFAIL) does not count as one, as the kernel's own parsers have it. */
function statusOf(verdict: string, directive: string | undefined): TestStatus {
  const word = directive?.toUpperCase();
  if (word === "SKIP") return "skipped";
  if (word === "TIMEOUT" || word === "ERROR") return "failed";
  return verdict === "ok" || word === "TODO" || word === "XFAIL" ? "passed" : "failed";
}

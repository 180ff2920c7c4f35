import { describe, expect, it } from "vitest";
import type { Effect } from "../../harness/analysis/figures.ts";
import { judgeRequirements } from "../../harness/analysis/requirements.ts";
import { summarize } from "../../harness/analysis/summarize.ts";
import type { Summary } from "../../harness/analysis/summary.ts";
import { parseKtap } from "../../harness/ktap/parse.ts";
import { casesOf, countCases } from "../../harness/ktap/result.ts";
import { renderJunit, renderKtap } from "../../harness/ktap/write.ts";
import { assertMet, testResultsOf } from "../../harness/report/test-results.ts";
import { parseRequirement, type Requirement } from "../../harness/run/requirement.ts";
import { syntheticRun, syntheticSamples } from "./synthetic-run.ts";

function summary(changes: Parameters<typeof syntheticRun>[0]): Summary {
  const run = syntheticRun({ arms: ["base", "base-again", "prezero"], thp: ["on"], sweepBytes: [], ...changes });
  return summarize(run, syntheticSamples(run));
}

/** The same run with another effect of prezero. */
function withEffect(changes: Partial<Effect>): Summary {
  const found = summary({});
  return { ...found, effects: found.effects.map((one) => (one.armName === "prezero" ? { ...one, ...changes } : one)) };
}

const require = (...texts: string[]): Requirement[] => texts.map((text) => parseRequirement(text) as Requirement);

describe("a requirement", () => {
  const eight = withEffect({ ratio: 10, low: 8, high: 12 });
  const detailOf = (of: Summary, text: string): string => {
    try {
      assertMet(judgeRequirements(of, require(text)), "RUN");
    } catch (error) {
      return (error as { detail: string }).detail;
    }
    throw new Error(`${text} was met`);
  };

  it("that is missed by a hair does not look as if it had been met", () => {
    expect(detailOf(withEffect({ low: 7.9996 }), "thp-on >= 8")).toContain("low end 7.9996");
  });

  it("that is missed without an interval says why", () => {
    expect(detailOf(summary({ boots: 3 }), "thp-on >= 1")).toMatch(
      /^thp-on:prezero >= 1: base\/arm 1\d\.\d, no interval with 3 boots an arm$/,
    );
  });

  it("that is missed is an error with its figures; one that is met is not in it", () => {
    const judged = judgeRequirements(eight, require("thp-on >= 9", "thp-on >= 8", "thp-off >= 2"));
    expect(() => assertMet(judged, "RUN")).toThrow(
      expect.objectContaining({
        code: "REQUIREMENT_MISSED",
        exitCode: 1,
        message: "2 of 3 requirements not met",
        detail:
          "thp-on:prezero >= 9: low end 8 (base/arm 10.0, interval 8.00 to 12.0)\n" +
          "thp-off:prezero >= 2: not measured: base and the arm need finished boots each",
      }),
    );
    assertMet(judgeRequirements(eight, require("thp-on >= 8")), "RUN");
    assertMet([], "RUN");
  });
});

describe("a run as test results", () => {
  const statuses = (of: Summary, ...texts: string[]) =>
    casesOf(testResultsOf(of, judgeRequirements(of, require(...texts)))).map(({ group, name, status }) => [
      group[0],
      name,
      status,
    ]);

  it("has a case for each effect and each requirement", () => {
    expect(statuses(summary({}), "thp-on >= 2", "thp-on >= 1000")).toEqual([
      ["effects", "THP on, 4G, base-again", "passed"],
      ["effects", "THP on, 4G, prezero", "passed"],
      ["requirements", "thp-on:prezero >= 2", "passed"],
      ["requirements", "thp-on:prezero >= 1000", "failed"],
    ]);
  });

  it("has the same names whatever was measured, so that CI knows a case again", () => {
    const names = (of: Summary) => statuses(of, "thp-on >= 2").map(([, name]) => name);
    expect(names(withEffect({ ratio: 1, low: 0.9, high: 1.1, verdict: "slower" }))).toEqual(names(summary({})));
  });

  it("has figures beside the names, and no p that the boots cannot have", () => {
    const figures = (of: Summary) => casesOf(testResultsOf(of, [])).map(({ found }) => found);
    expect(figures(summary({})).at(-1)).toMatch(
      /^faster, base\/arm 1\d\.\d, interval \S+ to \S+, p 0\.029, 4 boots an arm$/,
    );
    expect(figures(summary({ boots: 2 })).at(-1)).toMatch(/^too few boots, base\/arm \S+, 2 boots an arm$/);
    expect(figures(summary({ clock: "instructions" })).at(-1)).toMatch(/^fewer instructions, /);
  });

  it("skips what has no verdict, and fails a kernel that differs from itself", () => {
    expect(statuses(summary({ boots: 2 })).map(([, , status]) => status)).toEqual(["skipped", "skipped"]);
    const found = summary({});
    const odd = {
      ...found,
      effects: found.effects.map((one) =>
        one.armName === "base-again" ? { ...one, verdict: "slower" as const } : one,
      ),
    };
    expect(statuses(odd)[0]).toEqual(["effects", "THP on, 4G, base-again", "failed"]);
  });

  it("says so when there is nothing to compare", () => {
    const alone = summary({ arms: ["base"] });
    expect(casesOf(testResultsOf(alone, []))).toEqual([
      { group: [], name: "effects", status: "skipped", log: ["base and another arm need a finished boot each"] },
    ]);
  });

  it("goes through KTAP and JUnit", () => {
    const found = summary({});
    const results = testResultsOf(found, judgeRequirements(found, require("thp-on >= 2", "thp-on >= 1000")));
    const read = parseKtap(renderKtap(results));
    expect(read.problems).toEqual([]);
    expect(countCases(casesOf(read.results))).toEqual({ passed: 3, failed: 1, skipped: 0 });
    expect(renderJunit(casesOf(results))).toContain(
      '<testsuite name="requirements" tests="2" failures="1" skipped="0">',
    );
  });
});

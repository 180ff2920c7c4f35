import { describe, expect, it } from "vitest";
import type { Effect } from "../../harness/analysis/figures.ts";
import { judgeRequirements } from "../../harness/analysis/requirements.ts";
import { summarize } from "../../harness/analysis/summarize.ts";
import type { Summary } from "../../harness/analysis/summary.ts";
import { parseRequirement, type Requirement } from "../../harness/run/requirement.ts";
import { syntheticRun, syntheticSamples } from "../report/synthetic-run.ts";

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
const met = (of: Summary, text: string): boolean | undefined => judgeRequirements(of, require(text))[0]?.met;

describe("a requirement", () => {
  const eight = withEffect({ ratio: 10, low: 8, high: 12 });

  it("of at least so much is for the low end of the interval, not for the ratio", () => {
    expect(met(eight, "thp-on >= 8")).toBe(true);
    expect(met(eight, "thp-on > 8")).toBe(false);
    expect(met(eight, "thp-on > 7.9")).toBe(true);
    expect(met(eight, "thp-on >= 9")).toBe(false);
  });

  it("of at most so much is for the high end", () => {
    expect(met(eight, "thp-on <= 12")).toBe(true);
    expect(met(eight, "thp-on < 12")).toBe(false);
    expect(met(eight, "thp-on < 11")).toBe(false);
  });

  it("is missed without an interval", () => {
    const [judged] = judgeRequirements(summary({ boots: 3 }), require("thp-on >= 1"));
    expect(judged).toMatchObject({ met: false, effect: { armName: "prezero" }, decided: null });
  });

  it("is missed when its arm or its setting was not measured", () => {
    for (const text of ["thp-on:prezero-disabled <= 100", "thp-off <= 100"]) {
      expect(judgeRequirements(eight, require(text))[0]).toMatchObject({ met: false, effect: null });
    }
  });

  it("is for the headline's size: a smaller VM does not answer for it", () => {
    const swept = summary({ sweepBytes: [2 ** 30] });
    const small = { ...swept, effects: swept.effects.filter(({ memoryBytes }) => memoryBytes === 2 ** 30) };
    expect(met(small, "thp-on <= 1000")).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { permutationTest } from "../../harness/stats/permutation.ts";
import { ratioInterval } from "../../harness/stats/ratio-interval.ts";
import { noiseFloorOf, verdictAbove, verdictOf } from "../../harness/stats/verdict.ts";

describe("verdictOf", () => {
  it("names a direction when p and interval agree", () => {
    expect(verdictOf(0.029, { low: 1.2, high: 2 }, { matters: 0 })).toBe("faster");
    expect(verdictOf(0.029, { low: 0.5, high: 0.9 }, { matters: 0 })).toBe("slower");
  });

  it("does not when either leaves room for chance", () => {
    expect(verdictOf(0.06, { low: 1.2, high: 2 }, { matters: 0 })).toBe("no difference shown");
    expect(verdictOf(0.04, { low: 0.99, high: 2 }, { matters: 0 })).toBe("no difference shown");
  });

  it("counts p at the level that it is given", () => {
    expect(verdictOf(0.03, { low: 1.2, high: 2 }, { alpha: 0.01, matters: 0 })).toBe("no difference shown");
    expect(verdictOf(0.01, { low: 1.2, high: 2 }, { alpha: 0.01, matters: 0 })).toBe("faster");
  });

  it("rules out a difference that matters when all of the interval is near 1, whatever p", () => {
    const matters = { matters: 0.02 };
    expect(verdictOf(0.001, { low: 0.995, high: 0.998 }, matters)).toBe("no difference that matters");
    expect(verdictOf(0.8, { low: 1 / 1.02, high: 1.02 }, matters)).toBe("no difference that matters");
    expect(verdictOf(0.001, { low: 1.001, high: 1.021 }, matters)).toBe("faster");
    expect(verdictOf(0.8, { low: 0.97, high: 1.01 }, matters)).toBe("no difference shown");
    expect(verdictOf(0.001, { low: 0.995, high: 0.998 }, { matters: 0.001 })).toBe("slower");
    // Whatever is asked for, two that are the same do not differ.
    expect(verdictOf(1, { low: 1, high: 1 }, { matters: 0 })).toBe("no difference that matters");
  });

  it("says when there are too few boots to tell", () => {
    expect(verdictOf(null, null, { matters: 0.02 })).toBe("too few boots");
  });

  it("is 'faster' for four boots each that do not overlap, the least that can be shown", () => {
    const base = [24.6, 24.7, 23.5, 24.2];
    const arm = [10.2, 10.3, 11.2, 10.9];
    expect(verdictOf(permutationTest(base, arm).p, ratioInterval(base, arm), { matters: 0.02 })).toBe("faster");
    expect(verdictOf(permutationTest(arm, base).p, ratioInterval(arm, base), { matters: 0.02 })).toBe("slower");
  });
});

describe("the noise floor of an A/A comparison", () => {
  it("is the bound of the ratio that is further from 1, on either side", () => {
    expect(noiseFloorOf({ low: 0.97, high: 1.08 })).toBe(1.08);
    expect(noiseFloorOf({ low: 0.8, high: 1.1 })).toBe(1.25);
    expect(noiseFloorOf({ low: 1, high: 1 })).toBe(1);
  });

  it("swallows what is no further from 1, faster and slower alike", () => {
    expect(verdictAbove(1.25, 1.2, "faster")).toBe("within noise");
    expect(verdictAbove(1.25, 1.3, "faster")).toBe("faster");
    expect(verdictAbove(1.25, 0.8, "slower")).toBe("within noise");
    expect(verdictAbove(1.25, 0.79, "slower")).toBe("slower");
  });

  it("leaves alone what shows no direction", () => {
    expect(verdictAbove(1.25, 1.1, "no difference shown")).toBe("no difference shown");
    expect(verdictAbove(1.25, 1.1, "too few boots")).toBe("too few boots");
  });
});

import { describe, expect, it } from "vitest";
import { permutationTest } from "../../harness/stats/permutation.ts";
import { ratioInterval } from "../../harness/stats/ratio-interval.ts";
import { verdictOf } from "../../harness/stats/verdict.ts";

describe("verdictOf", () => {
  it("names a direction when p and interval agree", () => {
    expect(verdictOf(0.029, { low: 1.2, high: 2 })).toBe("faster");
    expect(verdictOf(0.029, { low: 0.5, high: 0.9 })).toBe("slower");
  });

  it("does not when either leaves room for chance", () => {
    expect(verdictOf(0.06, { low: 1.2, high: 2 })).toBe("no difference shown");
    expect(verdictOf(0.04, { low: 0.99, high: 2 })).toBe("no difference shown");
    expect(verdictOf(0.04, { low: 1, high: 1 })).toBe("no difference shown");
  });

  it("says when there are too few boots to tell", () => {
    expect(verdictOf(null, null)).toBe("too few boots");
  });

  it("is 'faster' for four boots each that do not overlap, the least that can be shown", () => {
    const base = [24.6, 24.7, 23.5, 24.2];
    const arm = [10.2, 10.3, 11.2, 10.9];
    expect(verdictOf(permutationTest(base, arm).p, ratioInterval(base, arm))).toBe("faster");
    expect(verdictOf(permutationTest(arm, base).p, ratioInterval(arm, base))).toBe("slower");
  });
});

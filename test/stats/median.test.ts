import { describe, expect, it } from "vitest";
import { median } from "../../harness/stats/median.ts";

describe("median", () => {
  it("is the middle value, or the mean of the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([10, 1, 2, 100])).toBe(6);
  });

  it("leaves the caller's values in their order", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it("has no answer without values", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

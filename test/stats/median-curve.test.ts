import { describe, expect, it } from "vitest";
import { medianCurve } from "../../harness/report/plots/fill-plot.ts";

describe("the median curve", () => {
  it("is the curve itself when there is one, straight between its points", () => {
    const curve = medianCurve(
      [
        [
          [0, 0],
          [2, 1],
          [4, 1],
        ],
      ],
      4,
    );
    expect(curve).toEqual([
      [0, 0],
      [1, 0.5],
      [2, 1],
      [3, 1],
      [4, 1],
    ]);
  });

  it("is pointwise, and a curve that has ended stays where it was", () => {
    const short = [
      [0, 0],
      [1, 1],
    ] as const;
    const late = [
      [1, 0.5],
      [2, 0.5],
    ] as const;
    // At 0 the late one is already what it is at 1.
    expect(medianCurve([short, late], 2)).toEqual([
      [0, 0.25],
      [1, 0.75],
      [2, 0.75],
    ]);
    expect(medianCurve([short, late, late], 2).map(([, y]) => y)).toEqual([0.5, 0.5, 0.5]);
  });

  it("of waits that were over at once is a point", () => {
    expect(medianCurve([[[0, 0.99]], [[0, 1]]], 10)).toEqual([[0, 0.995]]);
  });

  it("does not exist without curves or with an empty one", () => {
    expect(() => medianCurve([], 10)).toThrow(RangeError);
    expect(() => medianCurve([[]], 10)).toThrow(RangeError);
  });
});

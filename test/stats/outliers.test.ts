import { describe, expect, it } from "vitest";
import { farFromRest } from "../../harness/stats/outliers.ts";
import { normal, Random } from "../../harness/stats/random.ts";

describe("farFromRest", () => {
  it("names a value by its place, with its distance in scaled MADs", () => {
    // Median 10, distances 0.2, 0.1, 0, 0.1, 5: MAD 0.1. Five values: 1.4826 * 1.206.
    const far = farFromRest([9.8, 9.9, 10, 10.1, 15]);
    expect(far).toHaveLength(1);
    expect(far[0]?.index).toBe(4);
    expect(far[0]?.distance).toBeCloseTo(5 / (0.1 * 1.4826 * 1.206), 9);
  });

  it("knows both sides", () => {
    expect(
      farFromRest([10.1, 2, 9.9, 10, 10.2, 10, 19]).map(({ index, distance }) => [index, Math.sign(distance)]),
    ).toEqual([
      [1, -1],
      [6, 1],
    ]);
  });

  it("names nobody where values spread evenly", () => {
    expect(farFromRest([1, 2, 3, 4, 5, 6, 7, 8])).toEqual([]);
  });

  it("does not depend on the unit", () => {
    const seconds = [9.8, 9.9, 10, 10.1, 15];
    expect(farFromRest(seconds.map((value) => value * 1000))[0]?.distance).toBeCloseTo(
      farFromRest(seconds)[0]?.distance as number,
      9,
    );
  });

  it("says nothing of three values, nor where most are the same", () => {
    expect(farFromRest([10, 10.1, 50])).toEqual([]);
    expect(farFromRest([10, 10, 10, 10, 50])).toEqual([]);
  });

  // What the report says of chance: about one clean group in ten has such a value.
  it.each([4, 5, 6, 8, 10, 12, 20])("names somebody in about one of ten groups of %i normal values", (n) => {
    const random = new Random([61, 62, 63, n]);
    const groups = 4_000;
    let named = 0;
    for (let i = 0; i < groups; i++) {
      if (farFromRest(Array.from({ length: n }, () => normal(random))).length > 0) named++;
    }
    expect(named / groups).toBeGreaterThan(0.06);
    expect(named / groups).toBeLessThan(0.15);
  });
});

import { describe, expect, it } from "vitest";
import { normal, Random } from "../../harness/stats/random.ts";

describe("Random", () => {
  it("gives the reference generator's numbers for the state 1, 2, 3, 4", () => {
    // From the authors' C code, https://prng.di.unimi.it/xoshiro128starstar.c; the first can be done by hand:
    // 2 * 5 = 10, rotated left by 7 is 1280, times 9 is 11520.
    const random = new Random([1, 2, 3, 4]);
    expect(Array.from({ length: 5 }, () => random.next())).toEqual([11520, 0, 5927040, 70819200, 2031721883]);
  });

  it("fills a range evenly", () => {
    const rolls = new Random([9, 9, 9, 9]);
    const seen = new Map<number, number>();
    for (let i = 0; i < 60_000; i++) {
      const face = rolls.below(6);
      seen.set(face, (seen.get(face) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    // Chi-squared of 5 degrees of freedom exceeds 20.5 once in a thousand.
    const chi = [...seen.values()].reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0);
    expect(chi).toBeLessThan(20.5);
  });

  it("refuses the state it could never leave", () => {
    expect(() => new Random([0, 0, 0, 0])).toThrow(RangeError);
  });
});

// NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.1: area under the normal curve, plus one half.
it.each([
  [-1.96, 0.025],
  [-1, 0.15866],
  [0, 0.5],
  [1, 0.84134],
  [1.96, 0.975],
  [2.33, 0.9901],
])("below %f lies the share %f of normal numbers", (x, share) => {
  const random = new Random([51, 52, 53, 54]);
  const draws = 20_000;
  let below = 0;
  for (let i = 0; i < draws; i++) if (normal(random) < x) below++;
  expect(Math.abs(below / draws - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / draws));
});

import { expect, it } from "vitest";
import { normal } from "../../harness/stats/normal.ts";
import { Random } from "../../harness/stats/random.ts";

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

import { expect, test } from "vitest";
import { medianInterval } from "../../harness/stats/median.ts";
import { Random } from "../../harness/stats/random.ts";

const oneTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

// Ranks and confidence as Conover's binomial table A3 gives them for p = 1/2.
test.each([
  { n: 6, low: 1, high: 6, confidence: 0.9688 },
  { n: 9, low: 2, high: 8, confidence: 0.9609 },
  { n: 12, low: 3, high: 10, confidence: 0.9614 },
  { n: 20, low: 6, high: 15, confidence: 0.9586 },
  { n: 25, low: 8, high: 18, confidence: 0.9567 },
])("of $n values the true median is between the ones of rank $low and $high", ({ n, low, high, confidence }) => {
  const { interval } = medianInterval(oneTo(n).reverse());
  expect(interval).toMatchObject({ low, high });
  expect(interval?.confidence).toBeCloseTo(confidence, 4);
});

test("five values have a median and no interval of 95 %: their range holds the true one in 93.75 %", () => {
  expect(medianInterval([5, 1, 4, 2, 3])).toEqual({ value: 3, interval: null });
});

test("one value off does not move an interval of nine", () => {
  const { value, interval } = medianInterval([1, 2, 3, 4, 5, 6, 7, 8, 1e9]);
  expect(value).toBe(5);
  expect(interval).toMatchObject({ low: 2, high: 8 });
});

test("there is no median of nothing", () => {
  expect(() => medianInterval([])).toThrow(RangeError);
});

test("holds the true median of a skewed distribution at least 95 times in 100", () => {
  const random = new Random([31, 32, 33, 34]);
  const truth = Math.log(2);
  const trials = 2000;
  let held = 0;
  for (let i = 0; i < trials; i++) {
    const values = oneTo(9).map(() => -Math.log((random.next() + 1) / 2 ** 32));
    const { interval } = medianInterval(values);
    if (interval && interval.low <= truth && truth <= interval.high) held++;
  }
  expect(held / trials).toBeGreaterThanOrEqual(0.95);
});

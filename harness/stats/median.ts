import { medianSorted } from "simple-statistics";

/** Middle value; the mean of the middle two when their number is even. @throws RangeError when there are no values. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("the median of nothing");
  return medianSorted([...values].sort((a, b) => a - b));
}

import { mean, sampleStandardDeviation } from "simple-statistics";
import type { Estimate } from "./line.ts";
import { studentQuantile } from "./student.ts";

/** Mean of independent values with Student's t interval of 95 %. @throws RangeError with fewer than two values. */
export function meanInterval(values: readonly number[]): Estimate {
  if (values.length < 2) throw new RangeError("an interval of a mean needs two values");
  const value = mean([...values]);
  const error = sampleStandardDeviation([...values]) / Math.sqrt(values.length);
  const half = studentQuantile(0.975, values.length - 1) * error;
  return { value, low: value - half, high: value + half };
}

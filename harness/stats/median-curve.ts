import { median } from "./median.ts";

/** Points in the order of x. */
export type Curve = readonly (readonly [x: number, y: number])[];

/**
 * Pointwise median of curves, at evenly spaced x from 0 to the end of the longest. Between its points a curve is a
 * straight line; before its first and after its last point it stays what it was there.
 * @param steps number of intervals
 * @throws RangeError without curves, or with an empty one
 */
export function medianCurve(curves: readonly Curve[], steps: number): [x: number, y: number][] {
  if (curves.length === 0 || curves.some((curve) => curve.length === 0)) throw new RangeError("a curve needs points");
  const end = Math.max(...curves.map((curve) => (curve.at(-1) as Curve[number])[0]));
  const xs = end === 0 ? [0] : Array.from({ length: steps + 1 }, (_, i) => (end * i) / steps);
  return xs.map((x) => [x, median(curves.map((curve) => valueAt(curve, x)))]);
}

function valueAt(curve: Curve, x: number): number {
  const after = curve.findIndex((point) => point[0] >= x);
  const [x1, y1] = curve.at(after) as Curve[number];
  const [x0, y0] = curve[after - 1] ?? [x1, y1];
  return after <= 0 || x1 === x0 ? y1 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

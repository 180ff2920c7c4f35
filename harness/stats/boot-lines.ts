import { linearRegression } from "simple-statistics";
import { type Estimate, fitLine, type Line, meanInterval, type Point } from "./line.ts";

/** A line through per-boot values, and where its interval comes from. */
export type BootLine = Line & { method: "line per boot" | "boots as points" };

/**
 * Line through points measured in several boots, with the boot as the unit of replication.
 *
 * When each boot measured two sizes or more, its points share the boot's own luck and are not independent: each boot
 * gives one line, and mean and t interval are taken over the boots' lines (the summary measures approach, J. N. S.
 * Matthews et al., "Analysis of serial measurements in medical research", BMJ 300, 1990). With the same sizes in every
 * boot the mean line is the least squares line through all points. When each boot measured one size, the points are
 * independent and {@link fitLine} applies. Null when neither gives an interval.
 */
export function fitBoots(boots: readonly (readonly Point[])[]): BootLine | null {
  const sizesOf = (points: readonly Point[]): number => new Set(points.map((point) => point.x)).size;
  if (boots.length >= 2 && boots.every((points) => sizesOf(points) >= 2)) {
    const lines = boots.map((points) => linearRegression(points.map((point) => [point.x, point.y])));
    const at = (x: number): Estimate => meanInterval(lines.map((line) => line.b + line.m * x));
    return { method: "line per boot", slope: meanInterval(lines.map((line) => line.m)), intercept: at(0), at };
  }
  const points = boots.flat();
  if (boots.every((own) => own.length === 1) && points.length >= 3 && sizesOf(points) >= 2) {
    return { method: "boots as points", ...fitLine(points) };
  }
  return null;
}

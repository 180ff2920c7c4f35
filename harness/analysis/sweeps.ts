import { mean } from "simple-statistics";
import { GIB_BYTES } from "../base/size.ts";
import { type BootLine, fitBoots } from "../stats/line.ts";
import { bootMedians } from "./effects.ts";
import type { Cell, Sweep } from "./figures.ts";

/**
 * Time over VM size, for each arm and huge page setting that was measured at two sizes or more.
 * @param projectionBytes size that the lines are carried on to; null when it was measured or nobody asked
 */
export function sweepsOf(cells: readonly Cell[], projectionBytes: number | null): Sweep[] {
  const groups = Map.groupBy(cells, (cell) => JSON.stringify([cell.scenario, cell.thp, cell.arm]));
  return [...groups.values()].filter((group) => group.length >= 2).map((group) => sweepOf(group, projectionBytes));
}

function sweepOf(cells: readonly Cell[], projectionBytes: number | null): Sweep {
  const ascending = cells.toSorted((a, b) => a.memoryBytes - b.memoryBytes);
  const { scenario, thp, arm } = ascending[0] as Cell;
  const points = ascending.flatMap((cell) =>
    cell.boots.map(({ boot, median }) => ({ boot, x: cell.memoryBytes / GIB_BYTES, y: median })),
  );
  const line = fitBoots([...Map.groupBy(points, (point) => point.boot).values()]);
  const largestBytes = (ascending.at(-1) as Cell).memoryBytes;
  return {
    scenario,
    thp,
    arm,
    sizes: ascending.map((cell) => ({
      memoryBytes: cell.memoryBytes,
      median: cell.median,
      bootMedians: bootMedians(cell),
    })),
    line: line && {
      method: line.method,
      secondsPerGib: line.slope,
      interceptSeconds: line.intercept,
      worstDeparture: Math.max(...ascending.map((cell) => departure(line, cell))),
    },
    projection:
      line === null || projectionBytes === null || projectionBytes <= largestBytes
        ? null
        : {
            memoryBytes: projectionBytes,
            seconds: line.slope.low > 0 ? line.at(projectionBytes / GIB_BYTES) : null,
            beyond: projectionBytes / largestBytes,
          },
  };
}

function departure(line: BootLine, cell: Cell): number {
  const expected = line.at(cell.memoryBytes / GIB_BYTES).value;
  // Means, because the line is a mean over boots too: medians would depart from it without any curvature.
  const found = mean(bootMedians(cell));
  return Math.abs(found - expected) / Math.abs(expected);
}

import { removableShare } from "../stats/removable-share.ts";
import { sameConfiguration } from "./effects.ts";
import type { Cell, Removable } from "./summary.ts";

/** For each arm that was measured beside base and limit: how much of what clearing costs it takes away. */
export function removableOf(cells: readonly Cell[]): Removable[] {
  return cells
    .filter((cell) => cell.arm !== "base" && cell.arm !== "limit")
    .flatMap((cell) => {
      const [base, limit] = (["base", "limit"] as const).map((arm) =>
        cells.find((other) => other.arm === arm && sameConfiguration(other, cell)),
      );
      return base === undefined || limit === undefined ? [] : [removable(base, cell, limit)];
    });
}

function removable(base: Cell, arm: Cell, limit: Cell): Removable {
  const medians = (cell: Cell) => cell.boots.map((boot) => boot.median);
  return {
    scenario: arm.scenario,
    thp: arm.thp,
    memoryBytes: arm.memoryBytes,
    armName: arm.arm,
    base: base.median,
    arm: arm.median,
    limit: limit.median,
    share: removableShare(medians(base), medians(arm), medians(limit)),
  };
}

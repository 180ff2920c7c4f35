import { armParts } from "../run/arm-name.ts";
import { removableShare } from "../stats/removable-share.ts";
import { besideOf } from "./effects.ts";
import type { Cell, Removable } from "./figures.ts";

/** For each arm that was measured beside base and limit: how much of what clearing costs it takes away. */
export function removableOf(cells: readonly Cell[]): Removable[] {
  return cells
    .filter((cell) => !["base", "limit"].includes(armParts(cell.arm).kind))
    .flatMap((cell) => {
      const [base, limit] = (["base", "limit"] as const).map((kind) => besideOf(cells, cell, kind));
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

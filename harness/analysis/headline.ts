import { armParts } from "../run/arm-name.ts";
import type { RunRecord } from "../run/record.ts";
import type { Effect } from "./figures.ts";

/**
 * The effect that stands for a run in one line: the series as it is before other arms, THP on, which is what
 * distributions ship, before other settings; of several kernels the first. Chosen by name, never by how it came out.
 * Undefined without an effect at the headline's size.
 */
export function headlineOf({ settings }: RunRecord, effects: readonly Effect[]): Effect | undefined {
  const rank = ({ armName, thp }: Effect): number => {
    const { kind, knobs } = armParts(armName);
    const order = ["prezero", "init-on-free", "prealloc", "hugetlb", "prezero-disabled", "limit", "base-again"];
    return order.indexOf(kind) * 4 + (knobs.length > 0 ? 2 : 0) + (thp === "on" ? 0 : 1);
  };
  return effects
    .filter((effect) => effect.memoryBytes === settings.memoryBytes)
    .toSorted((a, b) => rank(a) - rank(b))[0];
}

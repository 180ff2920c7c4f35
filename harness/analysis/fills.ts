import { inTableOrder } from "../run/arm-name.ts";
import type { RunRecord } from "../run/record.ts";
import { waitsOf } from "./cost.ts";
import type { FillGroup } from "./figures.ts";
import type { Fill, Turn } from "./turns.ts";

/** How the pool of each arm that has one filled: from the boot on, then after VMs of the headline's size, by THP. */
export function fillsOf(run: RunRecord, turns: readonly Turn[]): FillGroup[] {
  const { arms, thp, memoryBytes } = run.settings;
  return inTableOrder(arms).flatMap((arm) => {
    const own = turns.filter(({ sample }) => sample.arm === arm);
    const headline = own.filter(({ sample }) => sample.memoryBytes === memoryBytes);
    return [
      ...groupOf(
        arm,
        "boot",
        own.filter((turn) => turn.first),
        (turn) => turn.before,
      ),
      ...thp.flatMap((setting) =>
        groupOf(
          arm,
          { thp: setting, memoryBytes },
          headline.filter(({ sample }) => sample.thp === setting),
          (turn) => turn.after,
        ),
      ),
    ];
  });
}

/** None when nothing was waited for. */
function groupOf(
  arm: FillGroup["arm"],
  after: FillGroup["after"],
  turns: readonly Turn[],
  fillOf: (turn: Turn) => Fill | null,
): FillGroup[] {
  const fills = turns.flatMap((turn) => {
    const fill = fillOf(turn);
    return fill === null ? [] : [{ boot: turn.sample.boot, ...fill }];
  });
  const seconds = waitsOf(fills.map((fill) => fill.seconds));
  if (seconds === null) return [];
  const curves = fills.flatMap(({ boot, curve }) => (curve.length > 0 ? [{ boot, curve }] : []));
  return [{ arm, after, seconds, curves }];
}

import type { PlannedBoot, Settings, Step } from "../run/record.ts";

/**
 * Boots of a run in the order in which they are to run: forward through the arms, then backward, and so on (ABBA), so
 * that a drift of the machine that is linear in time falls on all arms alike. Steps are the same in each boot, largest
 * VM first, so that each creation has the same history in every arm.
 */
export function planBoots(
  settings: Pick<Settings, "arms" | "thp" | "memoryBytes" | "sweepBytes" | "boots" | "rounds" | "sweepRounds">,
): PlannedBoot[] {
  const steps: Step[] = settings.thp.flatMap((thp) => [
    { thp, memoryBytes: settings.memoryBytes, rounds: settings.rounds },
    ...settings.sweepBytes.toReversed().map((memoryBytes) => ({ thp, memoryBytes, rounds: settings.sweepRounds })),
  ]);
  const order = Array.from({ length: settings.boots }, (_, block) =>
    block % 2 === 0 ? settings.arms : settings.arms.toReversed(),
  );
  return order.flat().map((arm, index) => ({ slot: index + 1, arm, steps }));
}

import { onSameKernel } from "../run/arm-name.ts";
import type { Effect } from "./figures.ts";
import type { Summary } from "./summary.ts";

/** What an effect cost in CPU time of the host under test, as a multiple of base. */
export type CpuPrice = {
  /** What it is the CPU time of: a round, from a full pool to a full pool again, or a whole boot with all its rounds. */
  of: "round" | "boot";
  ratioOf(effect: Effect): number | null;
};

/**
 * CPU time for one round where the run tells it; runs from before the refills were told apart know that of whole boots
 * only. Null where it is no price: a program with a limit watches until something happens, and what it spends is spent on
 * watching.
 */
export function cpuPrice(
  { run, totals }: Pick<Summary, "run" | "totals">,
  effects: readonly Effect[],
): CpuPrice | null {
  if (run.settings.measure?.limitSeconds !== undefined) return null;
  if (effects.every((effect) => effect.cpuRatio !== null)) return { of: "round", ratioOf: (effect) => effect.cpuRatio };
  const secondsOf = (arm: string): number | undefined => totals.find((total) => total.arm === arm)?.hostCpuSeconds;
  return {
    of: "boot",
    ratioOf: ({ armName }) => {
      const [base, arm] = [secondsOf(onSameKernel(armName, "base")), secondsOf(armName)];
      return base === undefined || arm === undefined ? null : arm / base;
    },
  };
}

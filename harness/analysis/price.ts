import { onSameKernel } from "../run/arm-name.ts";
import type { Effect, Summary } from "./summary.ts";

/** What an effect cost in CPU time, as a multiple of base, and in words what that is a multiple of. */
export type CpuPrice = { ratioOf: (effect: Effect) => number | null; note: string };

/**
 * CPU time for one VM where the run tells it. Runs from before the refills were told apart know the CPU time of whole
 * boots only; they say so.
 */
export function cpuPrice({ totals }: Pick<Summary, "totals">, effects: readonly Effect[]): CpuPrice {
  if (effects.every((effect) => effect.cpuRatio !== null)) {
    return {
      ratioOf: (effect) => effect.cpuRatio,
      note: "all CPU time of the host under test for a round, from a full pool to a full pool again, arm/base",
    };
  }
  const secondsOf = (arm: string): number | undefined => totals.find((total) => total.arm === arm)?.hostCpuSeconds;
  return {
    ratioOf: ({ armName }) => {
      const [base, arm] = [secondsOf(onSameKernel(armName, "base")), secondsOf(armName)];
      return base === undefined || arm === undefined ? null : arm / base;
    },
    note: "all CPU time of the host under test for a whole boot with all its rounds, arm/base",
  };
}

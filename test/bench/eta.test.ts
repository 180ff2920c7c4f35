import { describe, expect, test } from "vitest";
import { estimateSeconds } from "../../harness/bench/estimate.ts";
import { Eta } from "../../harness/bench/eta.ts";
import { planBoots } from "../../harness/bench/plan.ts";
import { settings } from "./simulation.ts";

const plan = planBoots({ ...settings, arms: ["base"], boots: 4 });
const estimateMs = estimateSeconds(plan, "tcg") * 1000;

describe("the remaining time", () => {
  test("is the plan's estimate at first", () => {
    expect(new Eta(plan, [], "tcg", 0).at(0)).toEqual({ share: 0, leftMs: estimateMs });
  });

  test("follows the pace of the machine: a boot that took twice as long doubles the rest", () => {
    const eta = new Eta(plan, [], "tcg", 0);
    for (const planned of plan.slice(0, 1)) eta.bootStarted(planned);
    eta.bootFinished();
    const { share, leftMs } = eta.at(estimateMs / 2);
    expect(share).toBeCloseTo(1 / 4);
    expect(leftMs).toBeCloseTo((3 / 4) * estimateMs * 2);
  });

  test("moves with every round inside a boot and never reaches its end before it is over", () => {
    const eta = new Eta(plan, [], "tcg", 0);
    for (const planned of plan.slice(0, 1)) eta.bootStarted(planned);
    const shares = Array.from({ length: 6 }, () => {
      eta.roundTaken();
      return eta.at(1000).share;
    });
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBeLessThan(1 / 4);
  });

  test("of a resumed run starts where it stopped and takes its pace from this session alone", () => {
    const { share, leftMs } = new Eta(plan, plan.slice(0, 3), "tcg", 5_000_000).at(5_000_000);
    expect(share).toBeCloseTo(3 / 4);
    expect(leftMs).toBeCloseTo(estimateMs / 4);
  });
});

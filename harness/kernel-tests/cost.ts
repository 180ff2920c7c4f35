import { z } from "zod";
import { MeasurementError } from "../base/errors.ts";
import { measured, skipped, type TestResult } from "../ktap/result.ts";

/** What a kernel that carries the series and never enables it may cost, share of base's instructions; its older form. */
const MOST_EXTRA = 0.003;
const MOST_EXTRA_BEFORE = 0.005;
/**
 * What may be left of it once it was enabled and disabled again, share of the instructions when never enabled. It may be
 * less: memory that was free then lies in larger blocks.
 */
const MOST_LEFT = 0.001;

const PREFIX = "allocost: ";

const costSchema = z.object({
  setting: z.enum(["off", "empty", "full", "disabled"]),
  /** Not in the older form of the series, which does not take back what it has cleared when it is disabled. */
  perNode: z.boolean(),
  pages: z.int().positive(),
  /** Instructions of each round, for all pages. */
  rounds: z.array(z.object({ allocate: z.int().positive(), free: z.int().positive() })).min(1),
});

/** Instructions that allocating and freeing base pages took in a counted run. */
export type Cost = z.infer<typeof costSchema>;

/** The answer of a program that a dry run does not run. */
export const COST_STAND_IN = `${PREFIX}{"setting":"off","perNode":true,"pages":1,"rounds":[{"allocate":1,"free":1}]}`;

/**
 * Reads what the program allocost printed.
 * @throws MeasurementError COST_UNREADABLE with all of it
 */
export function parseCost(output: string): Cost {
  const line = output.split("\n").find((one) => one.startsWith(PREFIX));
  try {
    return costSchema.parse(JSON.parse(line?.slice(PREFIX.length) ?? ""));
  } catch (cause) {
    throw new MeasurementError({
      code: "COST_UNREADABLE",
      message: "The program allocost did not come to its end",
      detail: output.trim().split("\n").slice(-40).join("\n"),
      remedy: "Read what the machine printed: it may have run out of memory.",
      cause,
    });
  }
}

/** The same kernel, setting and program must take the same instructions: another count is another machine. */
const MOST_JITTER = 1e-5;

/**
 * Judges the series, never enabled, against base, for each CPU model and path; what it costs once enabled is told, not
 * judged. What is left of it afterwards is judged where disabling takes back what was cleared.
 * @param again a second run of base, which shows how far equal runs are apart
 */
export function judgeCost(
  cpuModel: string,
  costs: { base: Cost; again: Cost; off: Cost; empty: Cost; full: Cost; disabled: Cost },
): TestResult[] {
  return (["allocate", "free"] as const).flatMap((path) => {
    const base = instructionsPerPage(costs.base, path);
    const extra = (cost: Cost) => instructionsPerPage(cost, path) / base - 1;
    const left = cheapestRound(costs.disabled, path) / cheapestRound(costs.off, path) - 1;
    const told = `enabled with an empty pool ${percent(extra(costs.empty))}, with a full one ${percent(extra(costs.full))}`;
    const what = `-cpu ${cpuModel}, ${path} a base page`;
    const disabled = `${what}: enabled and disabled again`;
    return [
      measured(
        `${what}: two runs of base agree`,
        `${base.toFixed(1)} instructions`,
        Math.abs(extra(costs.again)) <= MOST_JITTER,
        `the second run: ${percent(extra(costs.again))}`,
      ),
      costs.disabled.perNode
        ? measured(disabled, `${percent(left)} against never enabled`, left <= MOST_LEFT)
        : skipped(disabled, "this series keeps what it has cleared"),
      measured(
        `${what}: never enabled`,
        `${percent(extra(costs.off))} (${told})`,
        extra(costs.off) <= (costs.off.perNode ? MOST_EXTRA : MOST_EXTRA_BEFORE),
      ),
    ];
  });
}

/** All rounds count: the first one has to split large blocks, the others mostly do not. */
function instructionsPerPage(cost: Cost, path: "allocate" | "free"): number {
  return cost.rounds.reduce((sum, round) => sum + round[path], 0) / cost.rounds.length / cost.pages;
}

/**
 * Once a second the kernel does work of its own, a hundredth of a round. Who was enabled before begins at another time, so
 * that may fall into a round of the one and into none of the other.
 */
function cheapestRound(cost: Cost, path: "allocate" | "free"): number {
  return Math.min(...cost.rounds.map((round) => round[path]));
}

function percent(share: number): string {
  return `${share < 0 ? "" : "+"}${(share * 100).toFixed(2)} %`;
}

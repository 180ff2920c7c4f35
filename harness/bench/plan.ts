import { formatDuration } from "../base/progress.ts";
import { formatSize } from "../base/size.ts";
import { describeConditions } from "../run/conditions.ts";
import type { PlannedBoot, RunRecord, Settings, Step } from "../run/record.ts";
import { estimateSeconds } from "./estimate.ts";

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

/** What a run is going to do, for a person, a line each. */
export function describePlan(settings: Settings, plan: readonly PlannedBoot[]): string[] {
  const estimate = formatDuration(estimateSeconds(plan, settings) * 1000);
  const each = plan[0]?.steps.map((step) => `THP ${step.thp} ${formatSize(step.memoryBytes)} x${step.rounds}`);
  return [
    `scenario  ${settings.scenario}, kernel ${settings.kernel}, arms ${settings.arms.join(", ")}`,
    `sizes     ${describeSizes(settings)}`,
    `host      ${describeHost(settings)}`,
    ...describeConditions(settings.conditions).map(([name, value]) => `condition ${name}: ${value}`),
    `boots     ${plan.map((boot) => boot.arm).join(" ")}`,
    `each      ${each?.join(", ")}`,
    `estimate  ${estimate}, not counting kernel builds`,
  ];
}

function describeHost({
  host,
  accelerator,
  clock,
  cpuModel,
  hostCpus,
  hostMemoryBytes,
  measure,
  device,
}: Settings): string {
  return [
    `${host}: ${accelerator}${clock === "instructions" ? " that counts instructions" : ""}`,
    `CPU ${cpuModel}`,
    hostCpus === 1 ? "1 CPU" : `${hostCpus} CPUs`,
    `${formatSize(hostMemoryBytes)} of memory`,
    ...(measure === null ? [`device ${device}`] : []),
  ].join(", ");
}

/** Slots of the plan that have no finished boot yet, in order. */
export function remainingSlots(run: RunRecord): PlannedBoot[] {
  const finished = new Set(run.boots.filter((boot) => boot.finishedAt !== null).map((boot) => boot.slot));
  return run.plan.filter((planned) => !finished.has(planned.slot));
}

/** `2G (headline), 1G (sweep), projected to 64G`. */
export function describeSizes(sizes: Pick<Settings, "memoryBytes" | "sweepBytes" | "projectionBytes">): string {
  const sweep = sizes.sweepBytes.length > 0 ? `, ${sizes.sweepBytes.map(formatSize).join(" and ")} (sweep)` : "";
  const projection = sizes.projectionBytes === null ? "" : `, projected to ${formatSize(sizes.projectionBytes)}`;
  return `${formatSize(sizes.memoryBytes)} (headline)${sweep}${projection}`;
}

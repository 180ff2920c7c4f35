import { formatDuration } from "../base/progress.ts";
import { formatSize } from "../base/size.ts";
import { describeConditions } from "../run/conditions.ts";
import type { PlannedBoot, Settings } from "../run/record.ts";
import { estimateSeconds } from "./estimate.ts";
import { describeSizes } from "./sizes.ts";

/** What a run is going to do, for a person, a line each. */
export function describePlan(settings: Settings, plan: readonly PlannedBoot[]): string[] {
  const estimate = formatDuration(estimateSeconds(plan, settings) * 1000);
  const each = plan[0]?.steps.map((step) => `THP ${step.thp} ${formatSize(step.memoryBytes)} x${step.rounds}`);
  return [
    `scenario  ${settings.scenario}, kernel ${settings.kernel}, arms ${settings.arms.join(", ")}`,
    `sizes     ${describeSizes(settings)}`,
    `host      ${settings.host}: ${settings.accelerator}${settings.clock === "instructions" ? " that counts instructions" : ""}, CPU ${settings.cpuModel}, ${settings.hostCpus} CPUs, ` +
      `${formatSize(settings.hostMemoryBytes)} preallocated${settings.measure === null ? `, device ${settings.device}` : ""}`,
    ...describeConditions(settings.conditions).map(([name, value]) => `condition ${name}: ${value}`),
    `boots     ${plan.map((boot) => boot.arm).join(" ")}`,
    `each      ${each?.join(", ")}`,
    `estimate  ${estimate} after the kernels are built`,
  ];
}

import type { Shell } from "../../base/shell.ts";
import type { Step } from "../step.ts";
import { balloon } from "./balloon.ts";
import { cgroup } from "./cgroup.ts";
import { cma } from "./cma.ts";
import { compaction } from "./compaction.ts";
import { cpus } from "./cpus.ts";
import { forks } from "./forks.ts";
import { freezing } from "./freezing.ts";
import { hibernation } from "./hibernation.ts";
import type { LifePlan, Scenario } from "./host.ts";
import { hotplug } from "./hotplug.ts";
import { hugetlb } from "./hugetlb.ts";
import { kexec } from "./kexec.ts";
import { numa } from "./numa.ts";
import { poison } from "./poison.ts";
import { pressure } from "./pressure.ts";
import { swap } from "./swap.ts";
import { virtioMem } from "./virtio-mem.ts";

const SCENARIOS: Scenario[] = [
  ...[hotplug, virtioMem, poison, cma, hugetlb, compaction, pressure, swap, cgroup, forks],
  ...[numa, cpus, balloon, freezing, hibernation, kexec],
];

/** The series outside the happy path: a step for each scenario, each with a boot of its own. */
export function lifeSteps($: Shell, plan: LifePlan): Step[] {
  return SCENARIOS.map(({ name, about, run }) => ({ name: `life: ${name}`, about, run: () => run($, plan) }));
}

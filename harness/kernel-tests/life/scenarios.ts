import type { Scenario } from "../boot/test-host.ts";
import { balloon } from "./balloon.ts";
import { cgroup } from "./cgroup.ts";
import { cma } from "./cma.ts";
import { compaction } from "./compaction.ts";
import { cpus } from "./cpus.ts";
import { forks } from "./forks.ts";
import { freezing } from "./freezing.ts";
import { hibernation } from "./hibernation.ts";
import { hotplug } from "./hotplug.ts";
import { hugetlb } from "./hugetlb.ts";
import { kexec } from "./kexec.ts";
import { numa } from "./numa.ts";
import { poison } from "./poison.ts";
import { pressure } from "./pressure.ts";
import { swap } from "./swap.ts";
import { virtioMem } from "./virtio-mem.ts";

/** The series outside the happy path, each with a boot of its own. */
export const LIFE: Scenario[] = [
  ...[hotplug, virtioMem, poison, cma, hugetlb, compaction, pressure, swap, cgroup, forks],
  ...[numa, cpus, balloon, freezing, hibernation, kexec],
];

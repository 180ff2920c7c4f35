import type { Scenario } from "../boot/test-host.ts";
import { caches } from "./caches.ts";
import { balloon, hotplug, virtioMem } from "./devices.ts";
import { freezing, hibernation } from "./hibernation.ts";
import { kexec } from "./kexec.ts";
import { numa } from "./numa.ts";
import { mixed, poison } from "./poison.ts";
import { pressure } from "./pressure.ts";
import { cgroup, compaction, cpus, forks, swap } from "./processes.ts";
import { cma, hugetlb } from "./ranges.ts";
import { switching } from "./switching.ts";

/** The series outside the happy path, each with a boot of its own. */
export const LIFE: Scenario[] = [
  ...[hotplug, virtioMem, poison, mixed, cma, hugetlb, compaction, caches, pressure, swap, cgroup, forks],
  ...[numa, cpus, balloon, switching, freezing, hibernation, kexec],
];

import { UsageError } from "../base/errors.ts";
import type { Base } from "../kernel/bases.ts";
import { armKinds } from "../run/arm-name.ts";
import type { Settings } from "../run/record.ts";
import { type Requirement, unanswered } from "../run/requirement.ts";
import type { Accelerator, Clock } from "../run/sample.ts";
import { smallestP } from "../stats/permutation.ts";
import { ALPHA } from "../stats/verdict.ts";
import { isAboutVms } from "./arms.ts";
import type { Bases } from "./kernels.ts";
import { type BenchOptions, MAX_HOST_CPUS } from "./options.ts";
import type { Scenario } from "./scenario.ts";

/** First kernel with a switch for each size of huge pages. */
const FIRST_WITH_MTHP: Version = [6, 8];
/** Newest kernel known to hang in its boot when a clock counts the instructions of several CPUs. */
const LAST_COUNTED_ON_ONE_CPU: Version = [6, 1];

/** Major and minor number of a kernel. */
type Version = [number, number];

/** More CPUs than the machine has would take turns, and a creation would wait for its turn. */
export function assertCpus(asked: number | undefined, machineCpus: number): void {
  const most = Math.min(machineCpus, MAX_HOST_CPUS);
  if (asked === undefined || asked <= most) return;
  throw new UsageError({
    code: "TOO_MANY_CPUS",
    message: `--cpus ${asked} is more than the ${machineCpus} CPUs of this machine`,
    remedy: `Allowed: 1 to ${most}.`,
  });
}

/** A CPU of the machine does not tell its instructions to a guest's clock. */
export function assertClock(clock: Clock, accelerator: Accelerator): void {
  if (clock === "time" || accelerator === "tcg") return;
  throw new UsageError({
    code: "CLOCK_NEEDS_TCG",
    message: "--clock instructions is for emulated CPUs, and this run would use KVM",
    remedy: "Add --accel tcg, or leave --clock out: with KVM times are times.",
  });
}

/** A device is assigned to one VM only, and the harness makes as many as it wants of the emulated ones alone. */
export function assertDevices(device: string, vms: number): void {
  if (device === "emulated" || vms === 1) return;
  throw new UsageError({
    code: "TOO_FEW_DEVICES",
    message: `The scenario creates ${vms} VMs at a time and each needs a device, but --device names one: ${device}`,
    remedy: "Leave --device out: as many emulated devices are made as there are VMs.",
  });
}

/** Where a program is measured, what is said of VMs would be ignored. */
export function assertAboutVms(options: BenchOptions, scenario: Scenario): void {
  if (scenario.measure === null) return;
  const aboutVms = [
    ...(options.arms ?? scenario.arms).filter(isAboutVms).map((name) => `the arm ${name}`),
    ...(options.device === "emulated" ? [] : ["--device"]),
    ...(options.traces ? ["--traces"] : []),
  ];
  if (aboutVms.length === 0) return;
  throw new UsageError({
    code: "NO_VM",
    message: `The scenario ${scenario.name} measures a program and creates no VM, which this is for: ${aboutVms.join(", ")}`,
    remedy: `Allowed arms: ${armKinds.filter((name) => !isAboutVms(name)).join(", ")}; leave the rest out.`,
  });
}

/** What a kernel line cannot do would be found out when it has been built and booted. */
export function assertKernels({ arms, thp, clock, hostCpus }: Settings, bases: Bases): void {
  const lines = [...new Set(arms.map(bases.of))];
  const withoutMthp = lines.filter((line) => isBefore(versionOf(line), FIRST_WITH_MTHP));
  if (thp.includes("mthp-64k") && withoutMthp.length > 0) {
    throw new UsageError({
      code: "THP_UNKNOWN_TO_KERNEL",
      message: `--thp mthp-64k needs Linux ${FIRST_WITH_MTHP.join(".")} or newer, not ${namesOf(withoutMthp)}`,
      remedy: "Allowed: --thp off, on or both; or another --kernel.",
    });
  }
  const onOneCpu = lines.filter((line) => !isBefore(LAST_COUNTED_ON_ONE_CPU, versionOf(line)));
  if (clock === "instructions" && hostCpus > 1 && onOneCpu.length > 0) {
    throw new UsageError({
      code: "CLOCK_NEEDS_ONE_CPU",
      message: `With --clock instructions and ${hostCpus} CPUs, ${namesOf(onOneCpu)} does not get to the end of its boot`,
      remedy: "Add --cpus 1; in a run of several kernel lines it is for all of them.",
    });
  }
}

/** What a run cannot answer is known before it. */
export function assertAnswerable(requirements: readonly Requirement[], settings: Settings): void {
  const [missing] = unanswered(requirements, settings);
  if (missing !== undefined) {
    throw new UsageError({
      code: "REQUIREMENT_UNANSWERABLE",
      message: `--require ${missing.text}: this run measures the arms ${settings.arms.join(", ")} with THP ${settings.thp.join(", ")}`,
      remedy: "Require what is measured, or add it with --arms and --thp, the base of its kernel included.",
    });
  }
  if (requirements.length === 0 || canShow(settings.boots)) return;
  let least = settings.boots;
  while (!canShow(least)) least++;
  throw new UsageError({
    code: "REQUIREMENT_UNANSWERABLE",
    message: `--require needs a 95 % interval, and ${settings.boots} ${settings.boots === 1 ? "boot" : "boots"} of each arm cannot give one`,
    remedy: `Add --boots ${least}, which is the least, or more.`,
  });
}

function canShow(boots: number): boolean {
  return smallestP(boots, boots) <= ALPHA;
}

function versionOf({ source }: Base): Version {
  const [major = 0, minor = 0] = source.version.split(".").map(Number);
  return [major, minor];
}

function isBefore([major, minor]: Version, [otherMajor, otherMinor]: Version): boolean {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

function namesOf(lines: readonly Base[]): string {
  return lines.map(({ name }) => name).join(" and ");
}

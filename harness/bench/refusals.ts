import { UsageError } from "../base/errors.ts";
import type { HostOffer } from "../host/host.ts";
import type { Base } from "../kernel/bases.ts";
import { type ArmName, armKinds } from "../run/arm-name.ts";
import type { KernelRecord, Settings } from "../run/record.ts";
import { type Requirement, unanswered } from "../run/requirement.ts";
import type { Fingerprint } from "../run/sample.ts";
import { smallestP } from "../stats/permutation.ts";
import { ALPHA } from "../stats/verdict.ts";
import { armOf, isAboutVms } from "./arms.ts";
import type { Bases } from "./kernels.ts";
import type { BenchOptions } from "./options.ts";
import type { Scenario } from "./scenario.ts";

/** First kernel with a switch for each size of huge pages. */
const FIRST_WITH_MTHP: Version = [6, 8];
/** Newest kernel known to hang in its boot when a clock counts the instructions of several CPUs. */
const LAST_COUNTED_ON_ONE_CPU: Version = [6, 1];

/** Major and minor number of a kernel. */
type Version = [number, number];

/** A kernel that is a danger to data boots only on a host that has none. */
export function assertSafe(
  arms: readonly ArmName[],
  { setting, isThrowaway }: Pick<HostOffer, "setting" | "isThrowaway">,
): void {
  if (isThrowaway) return;
  const unsafe = arms.filter((name) => armOf(name).throwaway);
  if (unsafe.length === 0) return;
  throw new UsageError({
    code: "NOT_ON_THIS_HOST",
    message: `The kernel of the arm ${unsafe.join(", ")} is for a host that is thrown away after the run, which ${setting.host} is not`,
    remedy: "Leave the arm out, or measure it with --host nested.",
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
    message: `The scenario ${scenario.name} measures a program and creates no VM, so it cannot use ${aboutVms.join(", ")}`,
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
      message: `With --clock instructions and ${hostCpus} CPUs, ${namesOf(onOneCpu)} hangs in its boot`,
      remedy: "Add --cpus 1. It applies to every kernel line of the run.",
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
      remedy: "Require what is measured, or add it with --arms and --thp. The base of its kernel has to be there too.",
    });
  }
  if (requirements.length === 0 || canShow(settings.boots)) return;
  let least = settings.boots;
  while (!canShow(least)) least++;
  throw new UsageError({
    code: "REQUIREMENT_UNANSWERABLE",
    message: `--require needs a 95 % interval, and ${settings.boots} ${settings.boots === 1 ? "boot" : "boots"} of each arm cannot give one`,
    remedy: `Add --boots ${least} or more.`,
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

/** Parts of a fingerprint in which the arms of one run are meant to differ. */
const KERNEL_PARTS = new Set(["kernelRelease", "kernelImageSha256", "kernelConfigSha256", "kernelVariant"]);

/**
 * Checks that a host is what the run measures: its arm's kernel, and otherwise the setting of the samples so far.
 * @param earlier fingerprint of any sample that counts; undefined when there is none yet
 * @throws UsageError RUN_CHANGED naming what differs
 */
export function assertSameSetting(
  host: Fingerprint,
  kernel: Pick<KernelRecord, "imageSha256" | "configSha256"> | undefined,
  earlier: Fingerprint | undefined,
): void {
  const differences: string[] = [];
  if (kernel !== undefined && kernel.imageSha256 !== host.kernelImageSha256) {
    differences.push(`kernel image ${kernel.imageSha256.slice(0, 12)}, now ${host.kernelImageSha256.slice(0, 12)}`);
  }
  for (const [part, value] of Object.entries(host)) {
    const before = earlier?.[part as keyof Fingerprint];
    if (earlier !== undefined && !KERNEL_PARTS.has(part) && before !== value) {
      differences.push(`${part} was ${before}, now ${value}`);
    }
  }
  if (differences.length > 0) throw changed(differences);
}

/**
 * Checks that the guests of a run that goes on are those that it began with.
 * @throws UsageError RUN_CHANGED
 */
export function assertSameGuest(now: ImageHash | null, recorded: ImageHash | null): void {
  if (now?.imageSha256 === recorded?.imageSha256) return;
  throw changed([`guest's kernel image ${shorten(recorded)}, now ${shorten(now)}`]);
}

type ImageHash = { imageSha256: string };

function shorten(image: ImageHash | null): string {
  return image?.imageSha256.slice(0, 12) ?? "none";
}

function changed(differences: readonly string[]): UsageError {
  return new UsageError({
    code: "RUN_CHANGED",
    message: "The run was started in another setting, so new samples could not be compared with the old ones",
    detail: differences.join("\n"),
    remedy: "Restore what changed, or start a new run with `npm run bench`.",
  });
}

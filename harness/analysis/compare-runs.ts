import { UsageError } from "../base/errors.ts";
import { formatSize } from "../base/size.ts";
import { type ArmName, inTableOrder } from "../run/arm-name.ts";
import type { RunRecord } from "../run/record.ts";
import type { Caveat } from "./caveats.ts";
import { effectOf, sameConfiguration } from "./effects.ts";
import type { Cell, Effect, Setting } from "./figures.ts";
import { differences } from "./setting.ts";
import type { Summary } from "./summary.ts";

/** Something to know before believing a comparison of two runs. */
export type RunCaveat =
  /** Their boots did not take turns. */
  | { kind: "apart" }
  /** An arm differs in more than the patches. */
  | { kind: "arm"; arm: ArmName; differs: ("kernel configuration" | "compiler" | "setup")[] }
  | { kind: "run"; of: "A" | "B" | "both"; caveat: Caveat };

/** Two runs against each other, arm by arm: `base` of each effect is run A, `arm` is run B. */
export type Comparison = {
  a: RunRecord;
  b: RunRecord;
  setting: Setting;
  effects: Effect[];
  caveats: RunCaveat[];
};

/** What tells machines apart; instructions come out alike on any. */
const MACHINE = [
  "machineCpu",
  "machineMicrocode",
  "machineCpus",
  "machineMemoryBytes",
] as const satisfies (keyof Setting)[];

/**
 * Compares what both runs measured. The kernels may differ, that is what it is for; machine (unless instructions were
 * counted), accelerator, CPU model, device, QEMU, host size, what is measured, the conditions of the rounds and the level
 * that the pool had to reach must not.
 * @param matters smallest difference of interest, as a share; by default the larger of what the two were made with
 * @throws UsageError RUN_EMPTY, UNLIKE_RUNS naming each field that differs, NOTHING_IN_COMMON
 */
export function compareSummaries(
  a: Summary,
  b: Summary,
  matters = Math.max(a.run.settings.matters, b.run.settings.matters),
): Comparison {
  const [settingA, settingB] = [settingWithSamples(a), settingWithSamples(b)];
  const unlike = differences(heldEqual(settingA, a.run), heldEqual(settingB, b.run));
  if (unlike.length > 0) {
    throw new UsageError({
      code: "UNLIKE_RUNS",
      message: `${a.run.id} and ${b.run.id} are not comparable: they differ in more than the kernel`,
      detail: unlike.join("\n"),
      remedy: "Compare runs of one setting (and, when timed, of one machine); `npm run results` lists what there is.",
    });
  }
  const effects = b.cells.flatMap((cell) => {
    const other = a.cells.find((own) => own.arm === cell.arm && sameConfiguration(own, cell));
    return other === undefined ? [] : [effectOf(other, cell, { matters })];
  });
  if (effects.length === 0) {
    throw new UsageError({
      code: "NOTHING_IN_COMMON",
      message: `${a.run.id} and ${b.run.id} have no arm, THP setting and size in common`,
      detail: [a, b].map(({ run, cells }) => `${run.id}: ${cells.map(describeCell).join(", ")}`).join("\n"),
      remedy: "Measure the same arm, --thp and --memory in both.",
    });
  }
  return { a: a.run, b: b.run, setting: settingA, effects, caveats: caveatsOf(a, b) };
}

function heldEqual(setting: Setting, { poolThreshold, settings, guestKernel }: RunRecord): Record<string, unknown> {
  const { command = null, limitSeconds = null } = settings.measure ?? {};
  const fields: Record<string, unknown> = { ...setting, poolThreshold, command, limitSeconds, ...settings.conditions };
  if (setting.clock === "instructions") for (const field of MACHINE) delete fields[field];
  return { ...fields, guestKernel: guestKernel?.imageSha256 ?? null };
}

function settingWithSamples({ run, setting }: Summary): Setting {
  if (setting !== null) return setting;
  throw new UsageError({
    code: "RUN_EMPTY",
    message: `${run.id} has no finished boot to compare`,
    remedy: `Finish it with \`npm run bench -- --resume ${run.id}\`, or name another run.`,
  });
}

function describeCell({ scenario, thp, memoryBytes, arm }: Cell): string {
  return `${scenario} ${arm} THP ${thp} ${formatSize(memoryBytes)}`;
}

function caveatsOf(a: Summary, b: Summary): RunCaveat[] {
  const same = (one: Caveat, other: Caveat) => JSON.stringify(one) === JSON.stringify(other);
  const inBoth = (caveat: Caveat) => b.caveats.some((other) => same(caveat, other));
  return [
    { kind: "apart" },
    ...armsThatDiffer(a.run, b.run),
    ...a.caveats.map((caveat) => ({ kind: "run", of: inBoth(caveat) ? "both" : "A", caveat }) as const),
    ...b.caveats
      .filter((caveat) => !a.caveats.some((other) => same(caveat, other)))
      .map((caveat) => ({ kind: "run", of: "B", caveat }) as const),
  ];
}

/** An arm may have been another thing in the other run: a debugging configuration, other controls. */
function armsThatDiffer(a: RunRecord, b: RunRecord): RunCaveat[] {
  return inTableOrder(a.settings.arms).flatMap((arm) => {
    const [kernelA, kernelB] = [a.kernels[arm], b.kernels[arm]];
    if (kernelA === undefined || kernelB === undefined) return [];
    const differs = [
      ...(kernelA.configSha256 === kernelB.configSha256 ? [] : ["kernel configuration" as const]),
      ...(kernelA.compiler === kernelB.compiler ? [] : ["compiler" as const]),
      ...(setupOf(a, arm) === setupOf(b, arm) ? [] : ["setup" as const]),
    ];
    return differs.length === 0 ? [] : [{ kind: "arm", arm, differs }];
  });
}

/** What the arm set, in a form that can be compared; what is only said about it is left out. */
function setupOf({ arms }: RunRecord, arm: ArmName): string {
  const { setup, commandLine, vmMemory } = arms[arm] ?? {};
  return JSON.stringify([setup, commandLine, vmMemory]);
}

import { UsageError } from "../base/errors.ts";
import { formatSize } from "../base/size.ts";
import { type ArmName, inTableOrder } from "../run/arm-name.ts";
import type { RunRecord } from "../run/record.ts";
import { effectOf, sameConfiguration } from "./effects.ts";
import { formatThp } from "./format.ts";
import { differences } from "./setting.ts";
import type { Cell, Effect, Setting, Summary } from "./summary.ts";
import { measuredText } from "./words.ts";

/** Two runs against each other, arm by arm: `base` of each effect is run A, `arm` is run B. */
export type Comparison = {
  a: RunRecord;
  b: RunRecord;
  setting: Setting;
  effects: Effect[];
  caveats: string[];
};

/**
 * Compares what both runs measured. The kernels may differ, that is what it is for; machine, accelerator, CPU model,
 * device, QEMU, host size, what is measured, the conditions of the rounds and the level that the pool had to reach must
 * not.
 * @throws UsageError RUN_EMPTY, UNLIKE_RUNS naming each field that differs, NOTHING_IN_COMMON
 */
export function compareSummaries(a: Summary, b: Summary): Comparison {
  const [settingA, settingB] = [settingWithSamples(a), settingWithSamples(b)];
  const unlike = differences({ ...settingA, ...heldEqual(a.run) }, { ...settingB, ...heldEqual(b.run) });
  if (unlike.length > 0) {
    throw new UsageError({
      code: "UNLIKE_RUNS",
      message: `${a.run.id} and ${b.run.id} are not comparable: they differ in more than the kernel`,
      detail: unlike.join("\n"),
      remedy: "Compare runs of one machine and one setting; `npm run results` lists what there is.",
    });
  }
  const effects = b.cells.flatMap((cell) => {
    const other = a.cells.find((own) => own.arm === cell.arm && sameConfiguration(own, cell));
    return other === undefined ? [] : [effectOf(other, cell)];
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

/** What no fingerprint holds and yet must not differ. */
function heldEqual({ poolThreshold, settings, guestKernel }: RunRecord): object {
  const measured = measuredText(settings.measure);
  return { poolThreshold, measured, ...settings.conditions, guestKernel: guestKernel?.imageSha256 ?? null };
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
  return `${scenario} ${arm} ${formatThp(thp)} ${formatSize(memoryBytes)}`;
}

function caveatsOf(a: Summary, b: Summary): string[] {
  return [
    "The boots of two runs did not take turns: a machine that drifted between them looks like a difference.",
    ...armsThatDiffer(a.run, b.run),
    ...a.caveats.map((caveat) => (b.caveats.includes(caveat) ? caveat : `A: ${caveat}`)),
    ...b.caveats.filter((caveat) => !a.caveats.includes(caveat)).map((caveat) => `B: ${caveat}`),
  ];
}

/** An arm may have been another thing in the other run: a debugging configuration, other controls. */
function armsThatDiffer(a: RunRecord, b: RunRecord): string[] {
  return inTableOrder(a.settings.arms).flatMap((arm) => {
    const [kernelA, kernelB] = [a.kernels[arm], b.kernels[arm]];
    if (kernelA === undefined || kernelB === undefined) return [];
    const differs = [
      ...(kernelA.configSha256 === kernelB.configSha256 ? [] : ["kernel configuration"]),
      ...(kernelA.compiler === kernelB.compiler ? [] : ["compiler"]),
      ...(setupOf(a, arm) === setupOf(b, arm) ? [] : ["setup"]),
    ];
    return differs.length === 0 ? [] : [`${arm} differs in more than the patches: ${differs.join(", ")}.`];
  });
}

/** What the arm set, in a form that can be compared; what is only said about it is left out. */
function setupOf({ arms }: RunRecord, arm: ArmName): string {
  const { setup, commandLine, vmMemory } = arms[arm] ?? {};
  return JSON.stringify([setup, commandLine, vmMemory]);
}

import { formatSize } from "../base/size.ts";
import type { RunRecord } from "../run/record.ts";
import type { Sample } from "../run/sample.ts";
import { ALPHA } from "../stats/verdict.ts";
import { isAgain } from "./effects.ts";
import { count, formatP, formatRatio, formatThp } from "./format.ts";
import type { Cell, Effect, Setting } from "./summary.ts";

/** Whole percent, for sentences. */
const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`;

export type Evidence = {
  run: RunRecord;
  setting: Setting | null;
  /** Samples that the figures do not use: their boot did not finish. */
  leftOut: number;
  /** The last line of samples.jsonl was cut off. */
  tornLine: boolean;
  samples: readonly Sample[];
  cells: readonly Cell[];
  effects: readonly Effect[];
};

/** What a reader must know before believing the figures, most important first. */
export function caveatsOf(evidence: Evidence): string[] {
  return [
    ...emulation(evidence),
    ...completeness(evidence),
    ...instrument(evidence.effects),
    ...replication(evidence),
    ...limit(evidence),
    ...pool(evidence),
    ...provenance(evidence.run),
  ];
}

const ONE_THREAD =
  "All CPUs of the host under test take turns on one thread of the machine: what would be done on several CPUs at the " +
  "same time (threads that touch memory, several VMs, a load beside them) gains nothing from them here.";

const TIMED = "EMULATED, NOT HARDWARE TIMES: the host under test ran under TCG, QEMU's software CPU.";

const COUNTED =
  "COUNTED, NOT TIMED: the host under test ran under TCG, QEMU's software CPU, with a clock that counts the instructions " +
  "of all its CPUs together, 1 ns each; only while all are idle does it go on with the machine's. A second is a billion " +
  "instructions. That makes figures alike from run to run on any machine, and says nothing about time: a store to " +
  "memory counts as much as an addition.";

function emulation({ run, setting }: Evidence): string[] {
  if (setting?.accelerator !== "tcg") return [];
  const { arms, conditions, measure } = run.settings;
  const isParallel =
    arms.includes("prealloc") || conditions.vms > 1 || conditions.during !== null || measure?.parallel === true;
  const ratios = `Ratios depend on the emulated CPU model (here ${setting.cpuModel})`;
  const caveat =
    setting.clock === "instructions"
      ? `${COUNTED} ${ratios}.`
      : `${TIMED} ${ratios}; seconds say nothing about a real machine.`;
  return [caveat, ...(isParallel ? [ONE_THREAD] : [])];
}

function instrument(effects: readonly Effect[]): string[] {
  const differs = effects.filter((effect) => isAgain(effect) && /faster|slower/.test(effect.verdict));
  if (differs.length === 0) return [];
  const compared = effects.filter(isAgain).length;
  const found = differs.map(
    ({ thp, memoryBytes, ratio, p, verdict }) =>
      `${formatThp(thp)}, ${formatSize(memoryBytes)}: ${verdict}, base/base-again ${formatRatio(ratio)}, p ${formatP(p)}`,
  );
  return [
    "THE INSTRUMENT IS SUSPECT: base-again is the same kernel as base, and yet it came out different in " +
      `${differs.length} of ${count(compared, "A/A comparison")} (${found.join("; ")}). Chance alone does that at most once ` +
      `in ${Math.round(1 / ALPHA)} comparisons; measure again before you believe a difference of that size.`,
  ];
}

function completeness({ run, leftOut, tornLine }: Evidence): string[] {
  const planned = run.plan.length;
  const finished = new Set(run.boots.filter((boot) => boot.finishedAt !== null).map((boot) => boot.slot));
  const left = run.plan.filter((boot) => !finished.has(boot.slot)).length;
  const sentences: string[] = [];
  if (left > 0) {
    const why = run.failure === null ? run.state : `${run.state}: ${run.failure.message}`;
    sentences.push(`INCOMPLETE: ${planned - left} of ${planned} planned boots finished (${why}).`);
  }
  if (leftOut > 0) sentences.push(`${leftOut} samples of boots that did not finish are left out.`);
  if (tornLine) sentences.push("The last line of samples.jsonl was cut off while it was written; it is left out.");
  return sentences;
}

function replication({ effects }: Evidence): string[] {
  const few = effects.filter((effect) => effect.smallestP > ALPHA);
  if (few.length === 0) return [];
  const least = Number(Math.min(...few.map((effect) => effect.smallestP)).toPrecision(2));
  const where = few.length === effects.length ? "" : ` in ${few.length} of ${count(effects.length, "comparison")}`;
  return [
    `TOO FEW BOOTS FOR A VERDICT${where}: so few cannot give a p-value below ${least}, whatever the times; ` +
      "four boots per arm are the least that can.",
  ];
}

/** A program that gave up did not take as long as its time says, but longer. */
function limit({ run, samples }: Evidence): string[] {
  const seconds = run.settings.measure?.limitSeconds;
  if (seconds === undefined) return [];
  const arms = run.settings.arms.flatMap((arm) => {
    const own = samples.filter((sample) => sample.arm === arm);
    const ended = own.filter((sample) => sample.seconds >= seconds).length;
    return ended === 0 ? [] : [`${ended} of ${count(own.length, "round")} of ${arm}`];
  });
  if (arms.length === 0) return [];
  return [
    `LOWER BOUNDS: ${arms.join(", ")} ended at the limit of ${seconds} s with work left; they would have taken longer, ` +
      "and ratios with them are bounds too.",
  ];
}

function pool({ run, cells }: Evidence): string[] {
  const pooled = cells.filter((cell) => cell.cost.poolBefore !== null);
  const below = pooled.reduce((sum, cell) => sum + cell.cost.roundsBelowThreshold, 0);
  const rounds = pooled.reduce((sum, cell) => sum + cell.boots.reduce((n, boot) => n + boot.rounds.length, 0), 0);
  // A scenario that does not wait for the pool is about just that.
  if (below === 0 || run.settings.conditions.pool === "none") return [];
  return [`${below} of ${rounds} rounds began with less than ${percent(run.poolThreshold)} of free memory zeroed.`];
}

function provenance(run: RunRecord): string[] {
  if (run.commit === null) return ["The harness was not a git checkout: which code measured this is not known."];
  if (run.commit.endsWith("-dirty")) return ["The checkout had uncommitted changes when this was measured."];
  return [];
}

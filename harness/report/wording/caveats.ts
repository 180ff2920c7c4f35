import type { Caveat } from "../../analysis/caveats.ts";
import type { RunCaveat } from "../../analysis/compare-runs.ts";
import type { Summary } from "../../analysis/summary.ts";
import { formatSize } from "../../base/size.ts";
import type { RunRecord } from "../../run/record.ts";
import { ALPHA } from "../../stats/verdict.ts";
import { count, formatP, formatRatio, formatThp } from "./format.ts";
import { verdictText, wordsOf } from "./words.ts";

/** What the loudest caveats begin with. */
const TITLES: Partial<Record<Caveat["kind"], string>> = {
  emulated: "EMULATED, NOT HARDWARE TIMES",
  incomplete: "INCOMPLETE",
  suspect: "THE INSTRUMENT IS SUSPECT",
  "too-few-boots": "TOO FEW BOOTS FOR A VERDICT",
  "lower-bounds": "LOWER BOUNDS",
};

function titleOf(caveat: Caveat): string | undefined {
  return caveat.kind === "emulated" && caveat.counted ? "COUNTED, NOT TIMED" : TITLES[caveat.kind];
}

const COUNTED =
  "the host under test ran under TCG, QEMU's software CPU. Its clock counts the instructions of all " +
  "its CPUs together. Counts are alike on any machine and say nothing about time: a store to memory counts as much as " +
  "an addition. Only while all CPUs are idle does the clock follow this machine's, a billion instructions a second.";

/** The caveats of a run as sentences, most important first. */
export function caveatTexts({ run, caveats }: Pick<Summary, "run" | "caveats">): string[] {
  return caveats.map((caveat) => caveatText(caveat, run));
}

/** The loudest of them in a few words each. */
export function caveatTitles({ caveats }: Pick<Summary, "caveats">): string[] {
  return caveats.flatMap((caveat) => titleOf(caveat) ?? []);
}

/** Those of two runs; what is true of one only begins with its letter. */
export function comparisonTexts(caveats: readonly RunCaveat[], b: RunRecord): string[] {
  return caveats.map((caveat) => {
    if (caveat.kind === "apart") {
      return "The boots of two runs did not take turns: a machine that drifted between them looks like a difference.";
    }
    if (caveat.kind === "arm") {
      return `${caveat.arm} differs in more than the patches: ${caveat.differs.join(", ")}.`;
    }
    const text = caveatText(caveat.caveat, b);
    return caveat.of === "both" ? text : `${caveat.of}: ${text}`;
  });
}

function caveatText(caveat: Caveat, run: RunRecord): string {
  const title = titleOf(caveat);
  return `${title === undefined ? "" : `${title}: `}${explanation(caveat, run)}`;
}

function explanation(caveat: Caveat, run: RunRecord): string {
  switch (caveat.kind) {
    case "emulated":
      return caveat.counted
        ? `${COUNTED} Ratios depend on the emulated CPU model (here ${caveat.cpuModel}).`
        : "the host under test ran under TCG, QEMU's software CPU. Ratios depend on the " +
            `emulated CPU model (here ${caveat.cpuModel}); seconds say nothing about a real machine.`;
    case "one-thread":
      return (
        "All CPUs of the host under test take turns on one thread of this machine. Work on several CPUs at a time " +
        "(threads that touch memory, several VMs, a load beside them) gains nothing from them."
      );
    case "incomplete": {
      const why = caveat.failure === null ? caveat.state : `${caveat.state}: ${caveat.failure}`;
      return `${caveat.finished} of ${count(caveat.planned, "planned boot")} finished (${why}).`;
    }
    case "left-out":
      return `${count(caveat.samples, "sample")} of boots that did not finish left out.`;
    case "torn-line":
      return "The last line of samples.jsonl was cut off while it was written; it is left out.";
    case "suspect": {
      const found = caveat.effects.map(
        ({ thp, memoryBytes, ratio, p, verdict }) =>
          `${formatThp(thp)}, ${formatSize(memoryBytes)}: ${verdictText(verdict, wordsOf(run).unit)}, ` +
          `base/base-again ${formatRatio(ratio)}, p ${formatP(p)}`,
      );
      return (
        "base-again is the same kernel as base, and yet it came out different in " +
        `${caveat.effects.length} of ${count(caveat.compared, "A/A comparison")} (${found.join("; ")}). Chance alone does ` +
        `that at most once in ${Math.round(1 / ALPHA)}. Measure again before you believe a difference of that size.`
      );
    }
    case "too-few-boots": {
      const { effects, compared } = caveat;
      const where = effects === compared ? "" : ` in ${effects} of ${count(compared, "comparison")}`;
      return (
        `p${where} cannot be less than ${Number(caveat.smallestP.toPrecision(2))} with so ` +
        "few, whatever was measured; it takes four boots an arm."
      );
    }
    case "lower-bounds": {
      const arms = caveat.arms.map(({ arm, ended, rounds }) => `${ended} of ${count(rounds, "round")} of ${arm}`);
      const { symbol } = wordsOf(run).unit;
      return (
        `${arms.join(", ")} ended at the limit of ${caveat.limitSeconds} ${symbol} with work left. They ` +
        "would have taken longer, so their ratios are bounds too."
      );
    }
    case "low-pool": {
      const percent = Number((caveat.threshold * 100).toFixed(1));
      return `${caveat.below} of ${count(caveat.rounds, "round")} began with less than ${percent} % of free memory zeroed.`;
    }
    case "no-commit":
      return "The harness was not a git checkout: which code measured this is not known.";
    case "dirty-commit":
      return "The checkout had uncommitted changes when this was measured.";
  }
}

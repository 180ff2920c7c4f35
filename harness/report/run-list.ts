import { basename } from "node:path";
import { headlineOf } from "../analysis/effects.ts";
import type { Effect } from "../analysis/figures.ts";
import { loadEffects } from "../analysis/summarize.ts";
import { HarnessError } from "../base/errors.ts";
import { formatSize } from "../base/size.ts";
import { kernelsOf } from "../run/arm-name.ts";
import type { RunRecord } from "../run/record.ts";
import { figures, tableOf, words } from "./sections/columns.ts";
import type { Section } from "./sections/section.ts";
import { formatRatio, formatThpCell, NOTHING, orNothing } from "./wording/format.ts";
import { verdictText, wordsOf } from "./wording/words.ts";

/** A run as the list shows it: what it found, in a line. */
export type RunLine = {
  id: string;
  /** base/arm of what stands for the run; null where nothing was compared. */
  ratio: number | null;
  /** The verdict on it, or how far the run came. */
  verdict: string;
  scenario: string;
  size: string;
  thp: string;
  kernel: string;
  accelerator: string;
};

/** A run of the list with all that is behind its line; one that cannot be read has the reason. */
export type ListedRun = { id: string; directory: string } & (
  | { readable: true; line: RunLine; record: object; effect?: Effect | null }
  | { readable: false; problem: string }
);

/**
 * Reads runs, in the order of the directories given.
 * @param read what is known of one
 */
export function listRuns(
  directories: readonly string[],
  read: (directory: string) => Omit<ListedRun & { readable: true }, "id" | "directory" | "readable"> = readLine,
): ListedRun[] {
  return directories.map((directory) => {
    const id = basename(directory);
    try {
      return { id, directory, readable: true, ...read(directory) };
    } catch (error) {
      if (error instanceof HarnessError) return { id, directory, readable: false, problem: error.message };
      throw error;
    }
  });
}

function readLine(directory: string): { line: RunLine; record: RunRecord; effect: Effect | null } {
  const { run, effects } = loadEffects(directory);
  const effect = headlineOf(run, effects) ?? null;
  return { line: lineOf(run, effect), record: run, effect };
}

/** What a run found, in a line. */
export function lineOf(run: RunRecord, effect: Effect | null): RunLine {
  const { settings } = run;
  const finished = run.boots.filter((boot) => boot.finishedAt !== null).length;
  return {
    id: run.id,
    ratio: effect?.ratio ?? null,
    verdict:
      run.state === "finished" && effect !== null
        ? verdictText(effect.verdict, wordsOf(run).unit)
        : `${run.state}, ${finished}/${run.plan.length} boots`,
    scenario: settings.scenario,
    size: formatSize(settings.memoryBytes),
    thp: effect === null ? NOTHING : formatThpCell(effect.thp),
    kernel: kernelsOf(settings.arms, settings.kernel).join(", "),
    accelerator: settings.clock === "instructions" ? `${settings.accelerator}, counted` : settings.accelerator,
  };
}

const ofLine = (key: "scenario" | "size" | "thp" | "kernel" | "accelerator") => (run: ListedRun) =>
  run.readable ? run.line[key] : "";

/** The list as a table. */
export function runListSection(runs: readonly ListedRun[]): Section {
  return {
    id: "runs",
    heading: "Runs, oldest first",
    table: tableOf(runs, [
      words("run", ({ id }) => id),
      figures("ratio", (run) => (run.readable ? orNothing(run.line.ratio, formatRatio) : "")),
      words("verdict", (run) => (run.readable ? run.line.verdict : "damaged")),
      ...[
        words("scenario", ofLine("scenario")),
        figures("size", ofLine("size")),
        words("THP", ofLine("thp")),
        words("kernel", ofLine("kernel")),
        words("accel", ofLine("accelerator")),
      ].map((column) => ({ ...column, optional: true })),
    ]),
    notes: [
      ...runs.flatMap((run) => (run.readable ? [] : [`damaged: ${run.problem}.`])),
      "ratio: base/arm of the series, with THP on where that was measured. accel tcg: emulated, not hardware times; " +
        "counted: instructions.",
      "Show one with `npm run results -- show RUN`; any part of a name will do that no other run has.",
    ],
  };
}

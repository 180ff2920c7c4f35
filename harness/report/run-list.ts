import { basename } from "node:path";
import { HarnessError } from "../base/errors.ts";
import { formatSize } from "../base/size.ts";
import { kernelsOf } from "../run/arm-name.ts";
import type { RunRecord } from "../run/record.ts";
import { readRun } from "../run/store.ts";
import type { Section } from "./section.ts";

/** A run as the list shows it; one whose record cannot be read is listed with the reason. */
export type ListedRun = { id: string; directory: string } & (
  | { readable: true; record: RunRecord }
  | { readable: false; problem: string }
);

/** Reads the records of all runs, in the order of the directories given. */
export function listRuns(directories: readonly string[]): ListedRun[] {
  return directories.map((directory) => {
    const id = basename(directory);
    try {
      return { id, directory, readable: true, record: readRun(directory) };
    } catch (error) {
      if (error instanceof HarnessError) return { id, directory, readable: false, problem: error.message };
      throw error;
    }
  });
}

/** The list as a table. */
export function runListSection(runs: readonly ListedRun[]): Section {
  return {
    id: "runs",
    heading: "Runs, oldest first",
    table: {
      columns: [
        { label: "run" },
        { label: "scenario" },
        { label: "kernel" },
        { label: "accel" },
        { label: "size", numeric: true },
        { label: "THP" },
        { label: "boots", numeric: true },
        { label: "state" },
      ],
      rows: runs.map((run) => (run.readable ? row(run.id, run.record) : [run.id, "", "", "", "", "", "", "damaged"])),
    },
    notes: [
      ...runs.flatMap((run) => (run.readable ? [] : [`damaged: ${run.problem}.`])),
      "Show one with `npm run results -- show RUN` (or `latest`).",
    ],
  };
}

function row(id: string, { settings, boots, plan, state }: RunRecord): string[] {
  const finished = boots.filter((boot) => boot.finishedAt !== null).length;
  return [
    id,
    settings.scenario,
    kernelsOf(settings.arms, settings.kernel).join(", "),
    settings.clock === "instructions" ? `${settings.accelerator}, counted` : settings.accelerator,
    formatSize(settings.memoryBytes),
    settings.thp.join(", "),
    `${finished}/${plan.length}`,
    state,
  ];
}

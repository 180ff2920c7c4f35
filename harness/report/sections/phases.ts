import type { PhaseCell } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import { formatSize } from "../../base/size.ts";
import { PHASES, phaseNames } from "../../run/sample.ts";
import { count, formatSeconds, orNothing } from "../wording/format.ts";
import { wordsOf } from "../wording/words.ts";
import { ARM, figures, THP, tableOf } from "./columns.ts";
import type { Section } from "./section.ts";

/** Where the time of the headline's creations went, arm below arm. */
export function phaseSections({ run, phases }: Summary): Section[] {
  const cells = phases.filter((cell) => cell.memoryBytes === run.settings.memoryBytes);
  if (cells.length === 0) return [];
  const names = phaseNames.filter((name) => cells.some((cell) => cell.seconds[name] !== undefined));
  const section: Section = {
    id: "phases",
    heading: `Phases of a creation, VM of ${formatSize(run.settings.memoryBytes)}, ${wordsOf(run).unit.plural}`,
    table: tableOf(
      cells,
      [
        THP,
        ARM,
        ...names.map((name) => figures(name, ({ seconds }: PhaseCell) => orNothing(seconds[name], formatSeconds))),
      ],
      2,
    ),
    notes: [
      `${names.map((name) => `${name}: ${PHASES[name]}`).join(". ")}.`,
      "The phases of one creation add up to all of it. Each figure here is the median of per-boot medians of one phase " +
        "alone, so a row adds up only nearly.",
      ...untoldNote(cells),
    ],
  };
  return [section];
}

function untoldNote(cells: readonly PhaseCell[]): string[] {
  const untold = cells.reduce((sum, cell) => sum + cell.untold, 0);
  if (untold === 0) return [];
  const rounds = cells.reduce((sum, cell) => sum + cell.rounds, 0);
  return [`${untold} of ${count(rounds, "round")} are not in it: QEMU's trace of them was not complete.`];
}

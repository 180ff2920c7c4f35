import type { Sweep } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import { formatSize } from "../../base/size.ts";
import { formatEstimate, formatPercent, formatRatio, formatTime, NOTHING, orNothing } from "../wording/format.ts";
import { type Words, wordsOf } from "../wording/words.ts";
import { ARM, figures, THP, tableOf, where } from "./columns.ts";
import type { Section } from "./section.ts";

/** Time over size with its line, and the size nobody measured, marked as what it is. */
export function sweepSections({ run, sweeps }: Summary): Section[] {
  if (sweeps.length === 0) return [];
  const words = wordsOf(run);
  const sizes = [...new Set(sweeps.flatMap((sweep) => sweep.sizes.map((size) => size.memoryBytes)))].sort(
    (a, b) => a - b,
  );
  const measured: Section = {
    id: "sweep",
    heading: `${words.unit.name === "seconds" ? "Time" : "Instructions"} over ${words.over}, ${words.unit.plural}`,
    table: tableOf(
      sweeps,
      [
        THP,
        ARM,
        ...sizes.map((bytes) =>
          figures(formatSize(bytes), (sweep: Sweep) => orNothing(medianAt(sweep, bytes), formatTime)),
        ),
        figures("per GiB (95 %)", ({ line }) => (line === null ? NOTHING : formatEstimate(line.secondsPerGib))),
        figures("fixed (95 %)", ({ line }) => (line === null ? NOTHING : formatEstimate(line.interceptSeconds))),
        ...where(
          sizes.length > 2,
          figures("off line %", ({ line }: Sweep) => orNothing(line?.worstDeparture, formatPercent)),
        ),
      ],
      2,
    ),
    notes: [
      ...methodNotes(sweeps),
      sizes.length > 2
        ? "off line %: largest distance of a measured size, mean over boots, from the line."
        : "Two sizes make a line but cannot show whether it is a straight line at all.",
    ],
  };
  const projected = sweeps.filter((sweep) => sweep.projection !== null);
  return projected.length === 0 ? [measured] : [measured, projectionSection(projected, words)];
}

function medianAt({ sizes }: Sweep, bytes: number): number | undefined {
  return sizes.find(({ memoryBytes }) => memoryBytes === bytes)?.median;
}

function methodNotes(sweeps: readonly Sweep[]): string[] {
  const methods = new Set(sweeps.map((sweep) => sweep.line?.method));
  const notes: string[] = [];
  if (methods.has("line per boot")) notes.push("One least squares line per boot; mean and t interval over the boots.");
  if (methods.has("boots as points")) notes.push("Least squares line with t interval; each boot is one point.");
  if (methods.has(undefined)) notes.push("No line: an interval needs two boots with two sizes each.");
  return notes;
}

const FLAT = "no growth shown";

function projectionSection(sweeps: readonly Sweep[], { noun, one, unit }: Words): Section {
  const { memoryBytes, beyond } = (sweeps[0] as Sweep).projection as NonNullable<Sweep["projection"]>;
  return {
    id: "projection",
    heading: `PROJECTION, NOT MEASURED: ${one(memoryBytes)}, ${unit.plural}`,
    table: tableOf(
      sweeps,
      [
        THP,
        ARM,
        figures(`${formatSize(memoryBytes)}, projected (95 %)`, ({ projection }) =>
          projection?.seconds ? formatEstimate(projection.seconds) : FLAT,
        ),
      ],
      2,
    ),
    notes: [
      `The lines above carried on to ${formatRatio(beyond)} times the largest measured ${noun}. The interval is that of the ` +
        "line; it holds only if the line stays straight and the pool is as full at that size. No ratio is given: " +
        "nothing here was measured.",
      ...(sweeps.some(({ projection }) => projection?.seconds === null)
        ? [
            `${FLAT}: the interval of the part per GiB includes zero, so the measured sizes say nothing about a larger ${noun}.`,
          ]
        : []),
    ],
  };
}

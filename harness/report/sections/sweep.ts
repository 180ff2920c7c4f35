import type { Sweep } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import { formatSize } from "../../base/size.ts";
import { formatEstimate, formatPercent, formatRatio, formatThpCell, formatTime, NOTHING } from "../wording/format.ts";
import { type Words, wordsOf } from "../wording/words.ts";
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
    table: {
      keys: 2,
      columns: [
        { label: "THP" },
        { label: "arm" },
        ...sizes.map((bytes) => ({ label: formatSize(bytes), numeric: true })),
        { label: "per GiB (95 %)", numeric: true },
        { label: "fixed (95 %)", numeric: true },
        ...(sizes.length > 2 ? [{ label: "off line %", numeric: true }] : []),
      ],
      rows: sweeps.map((sweep) => sweepRow(sweep, sizes)),
    },
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

function sweepRow(sweep: Sweep, sizes: readonly number[]): string[] {
  const medianAt = (bytes: number): string => {
    const size = sweep.sizes.find((own) => own.memoryBytes === bytes);
    return size === undefined ? NOTHING : formatTime(size.median);
  };
  return [
    formatThpCell(sweep.thp),
    sweep.arm,
    ...sizes.map(medianAt),
    sweep.line === null ? NOTHING : formatEstimate(sweep.line.secondsPerGib),
    sweep.line === null ? NOTHING : formatEstimate(sweep.line.interceptSeconds),
    ...(sizes.length > 2 ? [sweep.line === null ? NOTHING : formatPercent(sweep.line.worstDeparture)] : []),
  ];
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
  const size = formatSize(memoryBytes);
  return {
    id: "projection",
    heading: `PROJECTION, NOT MEASURED: ${one(memoryBytes)}, ${unit.plural}`,
    table: {
      keys: 2,
      columns: [{ label: "THP" }, { label: "arm" }, { label: `${size}, projected (95 %)`, numeric: true }],
      rows: sweeps.flatMap(({ thp, arm, projection }) =>
        projection === null
          ? []
          : [[formatThpCell(thp), arm, projection.seconds === null ? FLAT : formatEstimate(projection.seconds)]],
      ),
    },
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

import type { PhaseCell } from "../../analysis/figures.ts";
import { formatSize } from "../../base/size.ts";
import type { Unit } from "../../run/measure.ts";
import { type PhaseName, phaseNames, type Thp } from "../../run/sample.ts";
import { formatSeconds, formatThp } from "../wording/format.ts";
import { axisStyle, legendOf, rowNames, still } from "./axes.ts";
import type { Plot } from "./render-svg.ts";

const ROW_PX = 38;

/** Where the time of a creation goes, one stacked bar for each arm. */
export function phasesPlot(thp: Thp, { plural }: Unit, cells: readonly PhaseCell[]): Plot {
  const size = formatSize((cells[0] as PhaseCell).memoryBytes);
  const names = phaseNames.filter((name) => cells.some((cell) => cell.seconds[name] !== undefined));
  const { legend, heightPx } = legendOf(names);
  const arms = rowNames(
    cells.map((cell) => cell.arm),
    ROW_PX,
  );
  return {
    caption: `Phases of a creation, ${formatThp(thp)}, VM of ${size}: median of each phase, in the order of the legend.`,
    label: `Stacked bars of phases, ${formatThp(thp)}, VM of ${size}. ${cells.map(describe).join("; ")}`,
    height: 50 + heightPx + arms.rowPx * cells.length,
    option: {
      legend,
      grid: { left: arms.leftPx, right: 16, top: heightPx, bottom: 42 },
      xAxis: { ...axisStyle, type: "value", name: plural, nameGap: 26 },
      yAxis: arms.axis,
      series: names.map((name) => bars(name, cells)),
    },
  };
}

function describe({ arm, seconds }: PhaseCell): string {
  const parts = Object.entries(seconds).map(([name, value]) => `${name} ${formatSeconds(value)}`);
  return `${arm}: ${parts.join(", ")}`;
}

/** Neighbours differ in lightness, not in colour alone, and a line of the ground's colour parts them. */
function bars(name: PhaseName, cells: readonly PhaseCell[]): object {
  return {
    ...still,
    type: "bar",
    barMaxWidth: 18,
    name,
    stack: "phases",
    itemStyle: { color: `var(--phase-${name})`, borderColor: "var(--ground)", borderWidth: 0.5 },
    data: cells.map((cell) => cell.seconds[name] ?? 0),
  };
}

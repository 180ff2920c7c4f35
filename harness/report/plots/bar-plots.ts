import type { ArmTotal, Cell, PhaseCell } from "../../analysis/figures.ts";
import { formatSize } from "../../base/size.ts";
import type { Unit } from "../../run/measure.ts";
import { phaseNames, type Thp } from "../../run/sample.ts";
import { formatSeconds, formatThp } from "../wording/format.ts";
import { axisStyle, KIND_MARKS, legendOf, rowNames, still } from "./axes.ts";
import type { Plot } from "./render-svg.ts";

const ROW_PX = 38;

/** A bar in each row: all of one name, in the order of the rows. */
type Bars = { name: string; itemStyle: object; data: number[] };

/** Rows of bars; those of one row stand on each other, or `beside` each other. */
function barPlot(
  words: Pick<Plot, "caption" | "label">,
  axis: string,
  rows: string[],
  all: Bars[],
  beside = false,
): Plot {
  const { legend, heightPx } = legendOf(all.map(({ name }) => name));
  const names = rowNames(rows, ROW_PX);
  const style = { ...still, type: "bar", ...(beside ? { barMaxWidth: 12 } : { barMaxWidth: 18, stack: "all" }) };
  return {
    ...words,
    height: 50 + heightPx + names.rowPx * rows.length,
    option: {
      legend,
      grid: { left: names.leftPx, right: 16, top: heightPx, bottom: 42 },
      xAxis: { ...axisStyle, type: "value", name: axis, nameGap: 26 },
      yAxis: names.axis,
      series: all.map((bars) => ({ ...style, ...bars })),
    },
  };
}

/** Where the time of a creation goes: a bar for each arm. */
export function phasesPlot(thp: Thp, { plural }: Unit, cells: readonly PhaseCell[]): Plot {
  const size = formatSize((cells[0] as PhaseCell).memoryBytes);
  const described = cells.map(({ arm, seconds }) => {
    const parts = Object.entries(seconds).map(([name, value]) => `${name} ${formatSeconds(value)}`);
    return `${arm}: ${parts.join(", ")}`;
  });
  return barPlot(
    {
      caption: `Phases of a creation, ${formatThp(thp)}, VM of ${size}: median of each phase, in the order of the legend.`,
      label: `Stacked bars of phases, ${formatThp(thp)}, VM of ${size}. ${described.join("; ")}`,
    },
    plural,
    cells.map(({ arm }) => arm),
    phaseNames
      .filter((name) => cells.some(({ seconds }) => seconds[name] !== undefined))
      .map((name) => ({
        name,
        // Neighbours differ in lightness, not in colour alone, and a line of the ground's colour parts them.
        itemStyle: { color: `var(--phase-${name})`, borderColor: "var(--ground)", borderWidth: 0.5 },
        data: cells.map(({ seconds }) => seconds[name] ?? 0),
      })),
  );
}

/** CPU time per boot of each arm, the worker's share marked off. */
export function cpuPlot(totals: readonly ArmTotal[], { plural }: Unit): Plot {
  const rows = totals.map(({ arm, hostCpuSeconds, workerCpuSeconds }) => ({
    arm,
    worker: workerCpuSeconds ?? 0,
    rest: hostCpuSeconds - (workerCpuSeconds ?? 0),
  }));
  const described = rows.map(
    ({ arm, worker, rest }) => `${arm}: ${formatSeconds(worker + rest)}, of it worker ${formatSeconds(worker)}`,
  );
  return barPlot(
    {
      caption: `CPU time of the host under test per boot, ${plural}: all work, of it the zeroing worker.`,
      label: described.join("; "),
    },
    `${plural} per boot`,
    rows.map(({ arm }) => arm),
    [
      { name: "all else", itemStyle: { color: KIND_MARKS.base.color }, data: rows.map(({ rest }) => rest) },
      { name: "worker", itemStyle: { color: KIND_MARKS.prezero.color }, data: rows.map(({ worker }) => worker) },
    ],
  );
}

/** What a round of a pooled arm cost outside its own time: waiting for the pool, and the worker's CPU. */
export function waitPlot(cells: readonly Cell[], { plural }: Unit): Plot {
  const rows = cells.map(({ thp, memoryBytes, cost }) => ({
    name: `${formatThp(thp)}, ${formatSize(memoryBytes)}`,
    wait: cost.waitSeconds?.median ?? 0,
    worker: cost.workerCpuSeconds ?? 0,
  }));
  const described = rows.map(
    ({ name, wait, worker }) => `${name}: wait ${formatSeconds(wait)}, worker ${formatSeconds(worker)}`,
  );
  return barPlot(
    {
      caption: `Cost of a round outside its time: wait for the pool (median) and CPU of the worker (mean), ${plural}.`,
      label: described.join("; "),
    },
    `${plural} per round`,
    rows.map(({ name }) => name),
    [
      { name: "wait", itemStyle: { color: KIND_MARKS["prezero-disabled"].color }, data: rows.map(({ wait }) => wait) },
      { name: "worker CPU", itemStyle: { color: KIND_MARKS.prezero.color }, data: rows.map(({ worker }) => worker) },
    ],
    true,
  );
}

import type { ArmTotal, Cell } from "../../analysis/figures.ts";
import { formatSize } from "../../base/size.ts";
import type { Unit } from "../../run/measure.ts";
import { formatSeconds, formatThp } from "../wording/format.ts";
import { axisStyle, KIND_MARKS, legendOf, rowNames, still } from "./axes.ts";
import type { Plot } from "./render-svg.ts";

const ROW_PX = 38;

const barStyle = { ...still, type: "bar", barMaxWidth: 18 } as const;

/** CPU time per boot of each arm, the worker's share marked off. */
export function cpuPlot(totals: readonly ArmTotal[], { plural }: Unit): Plot {
  const rows = totals.map(({ arm, hostCpuSeconds, workerCpuSeconds }) => ({
    arm,
    worker: workerCpuSeconds ?? 0,
    rest: hostCpuSeconds - (workerCpuSeconds ?? 0),
  }));
  const { legend, heightPx } = legendOf(["all else", "worker"]);
  const names = rowNames(
    rows.map((row) => row.arm),
    ROW_PX,
  );
  return {
    caption: `CPU time of the host under test per boot, ${plural}: all work, of it the zeroing worker.`,
    label: rows
      .map(({ arm, worker, rest }) => `${arm}: ${formatSeconds(worker + rest)}, of it worker ${formatSeconds(worker)}`)
      .join("; "),
    height: 50 + heightPx + names.rowPx * rows.length,
    option: {
      legend,
      grid: { left: names.leftPx, right: 16, top: heightPx, bottom: 42 },
      xAxis: { ...axisStyle, type: "value", name: `${plural} per boot`, nameGap: 26 },
      yAxis: names.axis,
      series: [
        {
          ...barStyle,
          name: "all else",
          stack: "cpu",
          itemStyle: { color: KIND_MARKS.base.color },
          data: rows.map((row) => row.rest),
        },
        {
          ...barStyle,
          name: "worker",
          stack: "cpu",
          itemStyle: { color: KIND_MARKS.prezero.color },
          data: rows.map((row) => row.worker),
        },
      ],
    },
  };
}

/** What a round of a pooled arm cost outside its own time: waiting for the pool, and the worker's CPU. */
export function waitPlot(cells: readonly Cell[], { plural }: Unit): Plot {
  const name = (cell: Cell): string => `${formatThp(cell.thp)}, ${formatSize(cell.memoryBytes)}`;
  const { legend, heightPx } = legendOf(["wait", "worker CPU"]);
  const names = rowNames(cells.map(name), ROW_PX);
  return {
    caption: `Cost of a round outside its time: wait for the pool (median) and CPU of the worker (mean), ${plural}.`,
    label: cells
      .map(
        (cell) =>
          `${name(cell)}: wait ${formatSeconds(cell.cost.waitSeconds?.median ?? 0)}, ` +
          `worker ${formatSeconds(cell.cost.workerCpuSeconds ?? 0)}`,
      )
      .join("; "),
    height: 50 + heightPx + names.rowPx * cells.length,
    option: {
      legend,
      grid: { left: names.leftPx, right: 16, top: heightPx, bottom: 42 },
      xAxis: { ...axisStyle, type: "value", name: `${plural} per round`, nameGap: 26 },
      yAxis: names.axis,
      series: [
        {
          ...barStyle,
          barMaxWidth: 12,
          name: "wait",
          itemStyle: { color: KIND_MARKS["prezero-disabled"].color },
          data: cells.map((cell) => cell.cost.waitSeconds?.median ?? 0),
        },
        {
          ...barStyle,
          barMaxWidth: 12,
          name: "worker CPU",
          itemStyle: { color: KIND_MARKS.prezero.color },
          data: cells.map((cell) => cell.cost.workerCpuSeconds ?? 0),
        },
      ],
    },
  };
}

import { formatSize } from "../../base/size.ts";
import { formatPercent, formatSeconds, formatThpCell, NOTHING } from "../format.ts";
import type { Section } from "../section.ts";
import type { Cell, Summary } from "../summary.ts";
import { wordsOf } from "../words.ts";

const orNothing = (value: number | null | undefined, format: (value: number) => string): string =>
  value === null || value === undefined ? NOTHING : format(value);

/** What stood behind the times: hits, level of the pool, huge pages, and what each round cost. */
export function costSection({ run, cells }: Summary): Section {
  const { noun, counted, owner } = wordsOf(run);
  const hasVms = run.settings.measure === null;
  return {
    id: "pool",
    heading: "Pool, huge pages and cost of a round",
    table: {
      columns: [
        { label: "THP" },
        { label: noun, numeric: true },
        { label: "arm" },
        { label: "hits %", numeric: true },
        { label: "pool %", numeric: true },
        { label: "low %", numeric: true },
        { label: "huge %", numeric: true },
        { label: "low %", numeric: true },
        { label: "wait s", numeric: true },
        { label: "worker s", numeric: true },
        ...(hasVms ? [{ label: "QEMU s", numeric: true }] : []),
      ],
      rows: cells.map((cell) => [
        ...costRow(cell),
        ...(hasVms ? [orNothing(cell.cost.qemuCpuSeconds, formatSeconds)] : []),
      ]),
    },
    notes: [
      `hits: share of the pages counted ${counted} that were zero already. pool: share of free memory zeroed ` +
        `when a round began, median and lowest (low). huge: share of the ${owner}'s memory in huge pages, median and lowest. ` +
        `wait s: median wait for the pool before a round. ${hasVms ? "worker s, QEMU s" : "worker s"}: CPU seconds of ` +
        `the zeroing worker${hasVms ? " and of the created QEMU" : ""}, mean per round; the worker's count runs from the ` +
        "round before or from the boot.",
    ],
  };
}

function costRow({ thp, memoryBytes, arm, cost }: Cell): string[] {
  return [
    formatThpCell(thp),
    formatSize(memoryBytes),
    arm,
    orNothing(cost.hitRate, formatPercent),
    orNothing(cost.poolBefore?.median, formatPercent),
    orNothing(cost.poolBefore?.min, formatPercent),
    orNothing(cost.hugeShare?.median, formatPercent),
    orNothing(cost.hugeShare?.min, formatPercent),
    orNothing(cost.refillSeconds?.median, formatSeconds),
    orNothing(cost.workerCpuSeconds, formatSeconds),
  ];
}

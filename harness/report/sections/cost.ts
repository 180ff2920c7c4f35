import { formatSize } from "../../base/size.ts";
import { formatSeconds, formatShare, formatThp, NOTHING } from "../format.ts";
import type { Section } from "../section.ts";
import type { Cell, Summary } from "../summary.ts";

const orNothing = (value: number | null | undefined, format: (value: number) => string): string =>
  value === null || value === undefined ? NOTHING : format(value);

/** What stood behind the times: hits, level of the pool, huge pages, and what each round cost. */
export function costSection({ cells }: Summary): Section {
  return {
    id: "pool",
    heading: "Pool, huge pages and cost of a round",
    table: {
      columns: [
        { label: "" },
        { label: "VM", numeric: true },
        { label: "arm" },
        { label: "hits", numeric: true },
        { label: "pool", numeric: true },
        { label: "lowest", numeric: true },
        { label: "huge", numeric: true },
        { label: "lowest", numeric: true },
        { label: "wait s", numeric: true },
        { label: "worker s", numeric: true },
        { label: "QEMU s", numeric: true },
      ],
      rows: cells.map(costRow),
    },
    notes: [
      "hits: share of the pages counted during the creations that were zero already. pool: share of free memory zeroed " +
        "when a round began, median and lowest. huge: share of the VM's memory in huge pages, median and lowest. " +
        "wait s: median wait for the pool before a round. worker s, QEMU s: CPU seconds of the zeroing worker and of " +
        "the created QEMU, mean per round; the worker's count runs from the round before or from the boot.",
    ],
  };
}

function costRow({ thp, memoryBytes, arm, cost }: Cell): string[] {
  return [
    formatThp(thp),
    formatSize(memoryBytes),
    arm,
    orNothing(cost.hitRate, formatShare),
    orNothing(cost.poolBefore?.median, formatShare),
    orNothing(cost.poolBefore?.min, formatShare),
    formatShare(cost.hugeShare.median),
    formatShare(cost.hugeShare.min),
    orNothing(cost.refillSeconds?.median, formatSeconds),
    orNothing(cost.workerCpuSeconds, formatSeconds),
    formatSeconds(cost.qemuCpuSeconds),
  ];
}

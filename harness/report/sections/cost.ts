import type { Cell, Cost } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import { formatSize } from "../../base/size.ts";
import { formatPercent, formatSeconds, formatThpCell, orNothing } from "../wording/format.ts";
import { type Words, wordsOf } from "../wording/words.ts";
import type { Section } from "./section.ts";

/** A column of the price without its unit, and what it means. */
type Price = { label: string; read: (cost: Cost) => number | null | undefined };

/** Where each round's refill is known. */
const WITH_REFILL: Price[] = [
  { label: "refill", read: (cost) => cost.refillSeconds?.median },
  { label: "worker", read: (cost) => cost.cpu?.workerSeconds },
  { label: "all CPU", read: (cost) => cost.cpu?.hostSeconds },
];
const refillNote = (words: Words): string =>
  `refill: median wait until the pool was full again after ${words.gone("was")}. worker, all CPU: CPU time of the ` +
  `zeroing worker and of the whole host under test for a round, from a full pool to a full pool again: ${words.work}, ` +
  "refilling; mean.";

/** Where it is not: in runs from before it was, and in boots that are not over. */
const WITH_WAIT: Price[] = [
  { label: "wait", read: (cost) => cost.waitSeconds?.median },
  { label: "worker", read: (cost) => cost.workerCpuSeconds },
  { label: "QEMU", read: (cost) => cost.qemuCpuSeconds },
];
const WAIT_NOTE =
  "wait: median wait for the pool before a round. worker, QEMU: CPU time of the zeroing worker and of the " +
  "created QEMU, mean per round; the worker's count runs from the round before or from the boot.";

/** What stood behind the times: hits, level of the pool, huge pages, and what each round cost. */
export function costSection({ run, cells }: Summary): Section {
  const words = wordsOf(run);
  const isRefillKnown = cells.every((cell) => cell.cost.cpu !== null);
  const price = isRefillKnown ? WITH_REFILL : WITH_WAIT;
  return {
    id: "pool",
    heading: "Pool, huge pages and cost of a round",
    table: {
      keys: 3,
      columns: [
        { label: "THP" },
        { label: words.noun, numeric: true },
        { label: "arm" },
        { label: "hits %", numeric: true },
        { label: "pool %", numeric: true },
        { label: "low %", numeric: true },
        { label: "huge %", numeric: true },
        { label: "low %", numeric: true },
        ...price.map(({ label }) => ({ label: `${label} ${words.unit.symbol}`, numeric: true })),
      ],
      rows: cells.map((cell) => [
        ...costRow(cell),
        ...price.map(({ read }) => orNothing(read(cell.cost), formatSeconds)),
      ]),
    },
    notes: [
      `hits: share of the pages counted ${words.counted} that were zero already. pool: share of free memory zeroed ` +
        `when a round began, median and lowest (low). huge: share of the ${words.owner}'s memory in huge pages, median and lowest. ` +
        (isRefillKnown ? refillNote(words) : WAIT_NOTE),
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
  ];
}

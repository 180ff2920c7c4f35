import type { ArmTotal, Cell, Cost } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import { onSameKernel } from "../../run/arm-name.ts";
import { formatPercent, formatRatio, formatSeconds, orNothing } from "../wording/format.ts";
import { type Words, wordsOf } from "../wording/words.ts";
import { ARM, figures, sizeAs, THP, tableOf, where } from "./columns.ts";
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
    table: tableOf(
      cells,
      [
        THP,
        sizeAs(words.noun),
        ARM,
        figures("hits %", ({ cost }) => orNothing(cost.hitRate, formatPercent)),
        figures("pool %", ({ cost }) => orNothing(cost.poolBefore?.median, formatPercent)),
        figures("low %", ({ cost }) => orNothing(cost.poolBefore?.min, formatPercent)),
        figures("huge %", ({ cost }) => orNothing(cost.hugeShare?.median, formatPercent)),
        figures("low %", ({ cost }) => orNothing(cost.hugeShare?.min, formatPercent)),
        ...price.map(({ label, read }) =>
          figures(`${label} ${words.unit.symbol}`, ({ cost }: Cell) => orNothing(read(cost), formatSeconds)),
        ),
      ],
      3,
    ),
    notes: [
      `hits: share of the pages counted ${words.counted} that were zero already. pool: share of free memory zeroed ` +
        `when a round began, median and lowest (low). huge: share of the ${words.owner}'s memory in huge pages, median and lowest. ` +
        (isRefillKnown ? refillNote(words) : WAIT_NOTE),
    ],
  };
}

/** Total CPU time of each arm: where the gain was paid for, and how soon after a boot there is one. */
export function cpuSection({ run, totals }: Summary): Section {
  const { rounds, thing, unit } = wordsOf(run);
  // What a program with a limit spends is spent on watching (see cpuPrice).
  const isPrice = run.settings.measure?.limitSeconds === undefined;
  const toBase = ({ arm, hostCpuSeconds }: ArmTotal): number | null => {
    const base = totals.find((total) => total.arm === onSameKernel(arm, "base"));
    return base === undefined ? null : hostCpuSeconds / base.hostCpuSeconds;
  };
  return {
    id: "cpu",
    heading: `CPU time of the whole host under test per boot, ${unit.plural}`,
    table: tableOf(totals, [
      ARM,
      figures("boots", ({ boots }) => String(boots)),
      figures(`${rounds} made`, ({ creations }) => String(creations)),
      figures("all CPU", ({ hostCpuSeconds }) => formatSeconds(hostCpuSeconds)),
      ...where(
        isPrice,
        figures("to base", (total: ArmTotal) => orNothing(toBase(total), formatRatio)),
      ),
      figures("of it worker", ({ workerCpuSeconds }) => orNothing(workerCpuSeconds, formatSeconds)),
      figures("first fill", ({ firstFillSeconds }) => orNothing(firstFillSeconds?.median, formatSeconds)),
      figures("all waits", (total) => orNothing(total.firstFillSeconds && total.waitSeconds, formatSeconds)),
    ]),
    notes: [
      totals.every((total) => total.toFullPool)
        ? `Counted from the host's boot until the pool is full again after its last ${thing}: the boot itself, the first fill ` +
          `of an empty pool, every ${thing} and every refill.`
        : `Counted from the host's boot to the end of its last ${thing}: the boot itself, the first fill of an empty pool, ` +
          `every ${thing} and the refills between them. The refill after the last ${thing} is not in it.`,
      "first fill: from the worker's start after the boot until the pool is full, median. all waits: that and the refills.",
    ],
  };
}

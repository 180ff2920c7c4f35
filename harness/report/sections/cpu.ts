import type { ArmTotal } from "../../analysis/figures.ts";
import type { Summary } from "../../analysis/summary.ts";
import { onSameKernel } from "../../run/arm-name.ts";
import { formatRatio, formatSeconds, orNothing } from "../wording/format.ts";
import { wordsOf } from "../wording/words.ts";
import type { Section } from "./section.ts";

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
    table: {
      columns: [
        { label: "arm" },
        { label: "boots", numeric: true },
        { label: `${rounds} made`, numeric: true },
        { label: "all CPU", numeric: true },
        ...(isPrice ? [{ label: "to base", numeric: true }] : []),
        { label: "of it worker", numeric: true },
        { label: "first fill", numeric: true },
        { label: "all waits", numeric: true },
      ],
      rows: totals.map((total) => [
        total.arm,
        String(total.boots),
        String(total.creations),
        formatSeconds(total.hostCpuSeconds),
        ...(isPrice ? [orNothing(toBase(total), formatRatio)] : []),
        orNothing(total.workerCpuSeconds, formatSeconds),
        orNothing(total.firstFillSeconds?.median, formatSeconds),
        orNothing(total.firstFillSeconds && total.waitSeconds, formatSeconds),
      ]),
    },
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

import { formatRatio, formatSeconds, NOTHING } from "../format.ts";
import type { Section } from "../section.ts";
import type { Summary } from "../summary.ts";
import { wordsOf } from "../words.ts";

/** Total CPU time of each arm: where the gain was paid for. */
export function cpuSection({ run, totals }: Summary): Section {
  const words = wordsOf(run);
  const base = totals.find((total) => total.arm === "base");
  return {
    id: "cpu",
    heading: "CPU time of the whole host under test, seconds per boot",
    table: {
      columns: [
        { label: "arm" },
        { label: "boots", numeric: true },
        { label: `${words.rounds} made`, numeric: true },
        { label: "all CPU", numeric: true },
        { label: "to base", numeric: true },
        { label: "of it worker", numeric: true },
        { label: "waited for pool", numeric: true },
      ],
      rows: totals.map((total) => [
        total.arm,
        String(total.boots),
        String(total.creations),
        formatSeconds(total.hostCpuSeconds),
        base === undefined ? NOTHING : formatRatio(total.hostCpuSeconds / base.hostCpuSeconds),
        total.workerCpuSeconds === null ? NOTHING : formatSeconds(total.workerCpuSeconds),
        formatSeconds(total.refillSeconds),
      ]),
    },
    notes: [
      `Counted from the host's boot to the end of its last ${words.round}: the boot itself, the first fill of the pool, every ` +
        `refill and ${words.each}. What the worker does after the last ${words.round} is not in it.`,
    ],
  };
}

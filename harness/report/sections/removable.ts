import { formatPercent, formatRange, formatSeconds, formatThpCell, NOTHING } from "../../analysis/format.ts";
import type { Summary } from "../../analysis/summary.ts";
import { formatSize } from "../../base/size.ts";
import type { RemovableShare } from "../../stats/removable-share.ts";
import type { Section } from "../section.ts";

/** What the series is meant to take away at least, THP off and on. */
const TARGET = 0.95;

/** How far each arm is on the way from base to a kernel that never clears. */
export function removableSections({ removable }: Summary): Section[] {
  if (removable.length === 0) return [];
  const target = `${TARGET * 100} %`;
  return [
    {
      id: "removable",
      heading: "Share of the removable time that is gone",
      table: {
        columns: [
          { label: "THP" },
          { label: "VM", numeric: true },
          { label: "arm" },
          { label: "base s", numeric: true },
          { label: "arm s", numeric: true },
          { label: "limit s", numeric: true },
          { label: "gone %", numeric: true },
          { label: "95 % interval", numeric: true },
          { label: `at least ${target}` },
        ],
        rows: removable.map(({ thp, memoryBytes, armName, base, arm, limit, share }) => [
          formatThpCell(thp),
          formatSize(memoryBytes),
          armName,
          ...[base, arm, limit].map(formatSeconds),
          share === null ? NOTHING : formatPercent(share.share),
          share === null ? NOTHING : formatRange(share.low, share.high, formatPercent),
          share === null ? "no share: base - limit is not clearly above zero" : verdictOn(share),
        ]),
      },
      notes: [
        "gone: (base - arm) / (base - limit). limit never clears and is not usable: base - limit is what clearing the VM's " +
          "memory costs, and so all that clearing it in advance can take away. It may come out above 100 %, because QEMU's " +
          "own data and the page tables are cleared in limit too.",
        "95 % interval: bootstrap over the boots of all three arms, as for the ratio. No share is printed where the interval " +
          "of base - limit itself reaches down to zero, or there are too few boots.",
        `The target is ${target}: "shown" when all of the interval reaches it, "missed" when all of it is below, "open" otherwise.`,
      ],
    },
  ];
}

function verdictOn({ low, high }: RemovableShare): string {
  if (low >= TARGET) return "shown";
  return high < TARGET ? "missed" : "open";
}

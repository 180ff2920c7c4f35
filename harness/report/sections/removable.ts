import type { Summary } from "../../analysis/summary.ts";
import type { RemovableShare } from "../../stats/removable-share.ts";
import { formatPercent, formatRange, formatSeconds, NOTHING } from "../wording/format.ts";
import { wordsOf } from "../wording/words.ts";
import { ARM_NAME, figures, sizeAs, THP, tableOf, words } from "./columns.ts";
import type { Section } from "./section.ts";

/** What the series is meant to take away at least, THP off and on. */
const TARGET = 0.95;

/** How far each arm is on the way from base to a kernel that never clears. */
export function removableSections({ run, removable }: Summary): Section[] {
  if (removable.length === 0) return [];
  const { unit, noun } = wordsOf(run);
  return [
    {
      id: "removable",
      heading: `Share of the removable ${unit.name === "seconds" ? "time" : "instructions"} that is gone`,
      table: tableOf(
        removable,
        [
          THP,
          sizeAs(noun),
          ARM_NAME,
          figures("gone %", ({ share }) => (share === null ? NOTHING : formatPercent(share.share))),
          figures("95 % interval", ({ share }) => formatRange(share?.low, share?.high, formatPercent)),
          words("target", ({ share }) => (share === null ? "no share" : verdictOn(share))),
          figures(`base ${unit.symbol}`, ({ base }) => formatSeconds(base)),
          figures(`arm ${unit.symbol}`, ({ arm }) => formatSeconds(arm)),
          figures(`limit ${unit.symbol}`, ({ limit }) => formatSeconds(limit)),
        ],
        3,
      ),
      notes: [
        "gone: (base - arm) / (base - limit). limit never clears and is not usable: base - limit is what clearing the VM's " +
          "memory costs, and so all that clearing it in advance can take away. It may come out above 100 %, because QEMU's " +
          "own data and the page tables are cleared in limit too.",
        "95 % interval: bootstrap over the boots of all three arms, as for the ratio. No share where the interval of " +
          "base - limit itself reaches down to zero, or there are too few boots.",
        `target: ${TARGET * 100} of 100 gone; met when all of the interval is above, missed when all of it is below, else open.`,
      ],
    },
  ];
}

function verdictOn({ low, high }: RemovableShare): string {
  if (low >= TARGET) return "met";
  return high < TARGET ? "missed" : "open";
}

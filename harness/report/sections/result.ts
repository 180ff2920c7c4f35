import { formatSize } from "../../base/size.ts";
import { describeConditions } from "../../bench/conditions.ts";
import { ALPHA } from "../../stats/verdict.ts";
import { count, formatThpCell } from "../format.ts";
import type { Section } from "../section.ts";
import type { Summary } from "../summary.ts";
import { effectCells } from "./effect-cells.ts";

const LIMIT_NOTE = "limit: never clears, not usable. It is a measure of what clearing costs, not a way to save it.";

/** The answer: each arm against base at the headline's size. */
export function resultSection({ run, effects }: Summary): Section {
  const bytes = run.settings.memoryBytes;
  const headline = effects.filter((effect) => effect.memoryBytes === bytes);
  const { vms, until } = run.settings.conditions;
  const end = until === "ready" ? "ready" : "in its guest's user space";
  const heading =
    vms === 1
      ? `Result: a VM of ${formatSize(bytes)} with an assigned device, seconds until it is ${end}`
      : `Result: ${vms} VMs of ${formatSize(bytes)} at a time, a device assigned to each, seconds until the last is ${end}`;
  if (headline.length === 0) {
    return {
      id: "result",
      heading,
      intro: ["Nothing to compare yet: base and another arm need a finished boot each."],
    };
  }
  const conditions = describeConditions(run.settings.conditions).map(([name, value]) => `${name}: ${value}`);
  return {
    id: "result",
    heading,
    ...(conditions.length > 0 ? { intro: conditions } : {}),
    table: {
      columns: [
        { label: "THP" },
        { label: "arm" },
        { label: "base s", numeric: true },
        { label: "arm s", numeric: true },
        { label: "base/arm", numeric: true },
        { label: "95 % interval", numeric: true },
        { label: "boots", numeric: true },
        { label: "p", numeric: true },
        { label: "verdict" },
      ],
      rows: headline.map((effect) => [formatThpCell(effect.thp), effect.armName, ...effectCells(effect)]),
    },
    notes: [
      "base s and arm s are medians of per-boot medians; base/arm above 1 means that the arm is faster." +
        (headline.some((effect) => effect.p !== null)
          ? ` Each p stands for itself: it is not adjusted for the ${count(headline.length, "comparison")} above (level ${ALPHA}).`
          : ""),
      ...(headline.some((effect) => effect.armName === "limit") ? [LIMIT_NOTE] : []),
    ],
  };
}

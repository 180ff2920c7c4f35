import type { Summary } from "../../analysis/summary.ts";
import type { Section } from "../section.ts";
import { costSection } from "./cost.ts";
import { cpuSection } from "./cpu.ts";
import { methodSection } from "./method.ts";
import { outlierSections } from "./outliers.ts";
import { phaseSections } from "./phases.ts";
import { removableSections } from "./removable.ts";
import { resultSection } from "./result.ts";
import { roundSections } from "./rounds.ts";
import { sweepSections } from "./sweep.ts";
import { valuesSections } from "./values.ts";
import { whatRanSection } from "./what-ran.ts";

/** The report from top to bottom: the answer, its evidence, its price, what ran, how to read it. */
export function sectionsOf(summary: Summary): Section[] {
  const measured = summary.cells.length > 0;
  return [
    resultSection(summary),
    ...removableSections(summary),
    ...valuesSections(summary),
    ...roundSections(summary),
    ...outlierSections(summary),
    ...phaseSections(summary),
    ...(measured ? [costSection(summary), cpuSection(summary)] : []),
    ...sweepSections(summary),
    whatRanSection(summary),
    methodSection(summary),
  ];
}

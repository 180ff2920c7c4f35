import type { Summary } from "../../analysis/summary.ts";
import { caveatTexts } from "../wording/caveats.ts";
import { headlineText } from "../wording/headline.ts";
import { costSection, cpuSection } from "./cost.ts";
import { pagesSections } from "./pages.ts";
import { phaseSections } from "./phases.ts";
import { ownPlanSections } from "./plan.ts";
import { removableSections } from "./removable.ts";
import { resultSection } from "./result.ts";
import { outlierSections, roundSections } from "./rounds.ts";
import type { Report, Section } from "./section.ts";
import { sweepSections } from "./sweep.ts";
import { valuesSections } from "./values.ts";
import { methodSection, whatRanSection } from "./what-ran.ts";

/** All of a run's report. */
export function reportOf(summary: Summary): Report {
  return {
    title: summary.run.id,
    headline: headlineText(summary),
    caveats: caveatTexts(summary),
    sections: sectionsOf(summary),
  };
}

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
    ...(measured ? [costSection(summary), cpuSection(summary), ...pagesSections(summary)] : []),
    ...sweepSections(summary),
    ...ownPlanSections(summary),
    whatRanSection(summary),
    methodSection(summary),
  ];
}

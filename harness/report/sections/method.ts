import type { Summary } from "../../analysis/summary.ts";
import { verdictText, wordsOf } from "../wording/words.ts";
import type { Section } from "./section.ts";

/** How the figures came to be, for a reader who would rather check than believe. */
export function methodSection({ run, matters }: Summary): Section {
  const { figure, unit } = wordsOf(run);
  return {
    id: "method",
    heading: "How to read this",
    intro: [
      `${figure} Rounds of a pooled arm begin when the pool is ready; the wait is listed, and is not part of it.`,
      "The boot is the unit: arms take turns as ABBA, the rounds of a boot are reduced to their median, and everything " +
        "else is computed from these per-boot medians, so that differences between boots are in the interval and in p. " +
        "ABBA takes a drift that is linear in time out of the comparison, and no other; the plots of all rounds over the " +
        "boots show what there was.",
      "95 % interval: bootstrap of the ratio of medians over whole boots, its distribution computed rather than drawn, " +
        "percentiles moved out for the small number of boots (Hesterberg 2015).",
      "p: exact two-sided permutation test on the difference of means of the per-boot medians, over all ways to deal the " +
        "boots to two arms. With three boots per arm it cannot go below 0.1, with four 0.029, with five 0.008; where it " +
        "cannot reach 0.05 none is printed.",
      `verdict: ${verdictText("faster", unit)} or ${verdictText("slower", unit)} when p is at most 0.05 and the interval ` +
        "leaves 1 out. no difference that matters when all of the interval is within " +
        `${Number((matters * 100).toFixed(2))} % of 1, on either side (--matters). Otherwise no difference was shown, ` +
        "which is not proof that there is none.",
      "smallest difference that a number of boots shows: simulated runs whose per-boot medians are log-normal, each arm " +
        "with the spread of its own boots, judged by the same test and interval; the figure is what 80 of 100 such runs " +
        "show. A few boots do not know their own spread well; `npm run results -- plan` says how well.",
      "Values far from the rest of their arm are named (more than 3.5 scaled MADs from the median, Iglewicz and Hoaglin " +
        "1993, with the small-sample factors of Croux and Rousseeuw 1992) and stay in every figure.",
      "noise floor, where the arm base-again was measured: it is base once more (A/A), so all that differs between the two " +
        "is noise. The floor is the bound of its ratio's 95 % interval that is further from 1, not the ratio itself, which " +
        "may be near 1 by luck. within noise: shown by p and interval, and yet no further from 1 than the floor.",
    ],
  };
}

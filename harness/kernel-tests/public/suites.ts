import { ensureKernel } from "../../kernel/build.ts";
import type { Scenario } from "../boot/test-host.ts";
import { kunitPair } from "./kunit-pair.ts";
import { mmPair } from "./mm-pair.ts";
import { MM_RUNS } from "./mm-programs.ts";
import { STRESSORS, stressNgBesideWorker } from "./stress-ng.ts";

const STRESS_SECONDS = STRESSORS.reduce((sum, { seconds }) => sum + seconds, 0);

/** Tests that others wrote. */
export const PUBLIC_SUITES: Scenario[] = [
  {
    name: "public KUnit",
    about: "the kernel's own suites for mm and lib, base against the series",
    run: async ($, { base }) => {
      const pristine = await ensureKernel($, { base, variant: "kunit-base" });
      return kunitPair($, pristine.imagePath, (await ensureKernel($, { base, variant: "kunit-prezero" })).imagePath);
    },
  },
  {
    name: "public selftests",
    about: `${MM_RUNS.length} runs of the kernel's own tools/testing/selftests/mm, base against the series`,
    run: ($, plan) => mmPair($, plan),
  },
  {
    name: "stress-ng",
    about: `${STRESSORS.length} kinds of memory stress that verify what they read, ${STRESS_SECONDS} s`,
    run: stressNgBesideWorker,
  },
];

import type { Shell } from "../../base/shell.ts";
import { ensureKernel } from "../../kernel/build.ts";
import type { TestResult } from "../../ktap/result.ts";
import { richKernel } from "../rich-kernel.ts";
import type { Step } from "../step.ts";
import { quiet } from "../stress.ts";
import { bootPublic, type PublicPlan } from "./boot.ts";
import { kunitPair } from "./kunit-pair.ts";
import { mmPair } from "./mm-pair.ts";
import { MM_RUNS } from "./mm-programs.ts";
import { STRESS_NG, STRESSORS, stressNg } from "./stress-ng.ts";
import { startWorker, workerTookPart } from "./worker.ts";

/** Tests that others wrote, for `npm run test:kernel -- --full`. */
export function publicSteps($: Shell, plan: PublicPlan): Step[] {
  const stressSeconds = STRESSORS.reduce((sum, { seconds }) => sum + seconds, 0);
  const kunit = (variant: "kunit-base" | "kunit-prezero") => ensureKernel($, { base: plan.base, variant });
  return [
    {
      name: "public KUnit",
      about: "the kernel's own suites for mm and lib, base against the series",
      run: async () => kunitPair($, (await kunit("kunit-base")).imagePath, (await kunit("kunit-prezero")).imagePath),
    },
    {
      name: "public selftests",
      about: `${MM_RUNS.length} runs of the kernel's own tools/testing/selftests/mm, base against the series`,
      run: () => mmPair($, plan),
    },
    {
      name: "stress-ng",
      about: `${STRESSORS.length} kinds of memory stress that verify what they read, ${stressSeconds} s`,
      run: () => stressed($, plan),
    },
  ];
}

async function stressed($: Shell, plan: PublicPlan): Promise<TestResult[]> {
  const kernel = await richKernel($, plan.base, "prezero");
  await using host = await bootPublic($, plan, kernel, "prezero", "stress-ng", { installed: STRESS_NG });
  const started = await startWorker(host.exec);
  const stressors = await stressNg(host.exec);
  return [started, ...stressors, ...(await workerTookPart(host.exec)), await quiet(host)];
}

import type { Shell } from "../../base/shell.ts";
import { fetchSource } from "../../kernel/source.ts";
import type { Variant } from "../../kernel/variant.ts";
import type { TestResult } from "../../ktap/result.ts";
import { richKernel } from "../rich-kernel.ts";
import { quiet } from "../stress.ts";
import { bootPublic, type PublicPlan } from "./boot.ts";
import { compare } from "./compare.ts";
import { ensureMmSelftests } from "./mm-build.ts";
import { MM_RUNS, type MmRun, mmPrograms } from "./mm-programs.ts";
import { prepareForMm, runMm } from "./mm-run.ts";
import type { Verdict } from "./verdict.ts";
import { startWorker, workerTookPart } from "./worker.ts";

type MmBoot = { verdicts: Verdict[]; checks: TestResult[] };

/**
 * Runs the kernel's own selftests of mm on both kernels, on the series with worker and verifier on, and requires of the
 * series what the base does.
 * @throws what building and booting throw; what the host's exec throws when the kernel dies
 */
export async function mmPair($: Shell, plan: PublicPlan, runs: readonly MmRun[] = MM_RUNS): Promise<TestResult[]> {
  const source = await fetchSource($, plan.base, plan.say);
  const programs = await ensureMmSelftests($, source, mmPrograms(runs), plan.say);
  const base = await mmBoot($, plan, "base", programs, runs);
  const series = await mmBoot($, plan, "prezero", programs, runs);
  return [...compare(base.verdicts, series.verdicts), ...base.checks, ...series.checks];
}

async function mmBoot(
  $: Shell,
  plan: PublicPlan,
  variant: Variant,
  programs: string[],
  runs: readonly MmRun[],
): Promise<MmBoot> {
  const kernel = await richKernel($, plan.base, variant);
  await using host = await bootPublic($, plan, kernel, variant, `mm-${variant}`, { programs });
  await prepareForMm(host.exec);
  const started = variant === "prezero" ? [await startWorker(host.exec)] : [];
  const verdicts = await runMm(host.exec, runs, ({ name, status }, seconds) => {
    plan.say(`${variant}: ${name} ${status} after ${seconds.toFixed(0)} s`);
  });
  const ended = variant === "prezero" ? await workerTookPart(host.exec) : [];
  const { name, ...rest } = await quiet(host);
  return { verdicts, checks: [...started, ...ended, { name: `${variant}: ${name}`, ...rest }] };
}
